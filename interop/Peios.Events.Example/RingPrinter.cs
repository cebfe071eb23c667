// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;
using Peios.Interop.Kmes;

namespace Peios.Events.Example;

/// <summary>Prints what one CPU's ring delivers, and what it lost.</summary>
internal sealed class RingPrinter(KmesDevice device, Ring ring)
{
    private readonly byte[] _buffer = new byte[ring.Capacity / 2]; // no event is larger
    private Ring _ring = ring;
    private ulong _last;

    /// <summary>Reads for ever.</summary>
    internal void Run()
    {
        ulong generation = _ring.Reader.Generation;
        while (true)
        {
            Drain();
            if (_ring.Reader.Generation == generation)
            {
                _ = _ring.Wait(timeoutMs: -1);
                continue;
            }

            // The kernel has made a new ring of another size: this one is frozen now. Read its end, move on.
            Drain();
            if (!Ring.Attach(device, _ring.Cpu).TryGet(out Ring? next, out Errno error))
            {
                Console.Error.WriteLine($"cpu {_ring.Cpu}: {error}");
                return;
            }

            _ring.Dispose();
            _ring = next;
            generation = next.Reader.Generation;
        }
    }

    private void Drain()
    {
        int size;
        while ((size = _ring.Reader.TryRead(_buffer)) > 0)
        {
            if (!EventView.TryParse(_buffer.AsSpan(0, size), out EventView e) || e.Sequence <= _last)
            {
                continue; // a copy of what was read before the ring changed
            }

            if (_last != 0 && e.Sequence > _last + 1)
            {
                Console.WriteLine($"cpu {_ring.Cpu}: {e.Sequence - _last - 1} events are lost");
            }

            _last = e.Sequence;
            Console.WriteLine($"cpu {_ring.Cpu} #{e.Sequence} {Encoding.UTF8.GetString(e.Type)} number={Number(e.Payload)}");
        }
    }

    /// <summary>The field "number", if the payload is a map that has one. Payloads come from anybody: every read may fail.</summary>
    private static string Number(ReadOnlySpan<byte> payload)
    {
        MsgPackReader r = new(payload);
        if (r.NextType != MsgPackType.Map || !r.TryReadMap(out int pairs))
        {
            return "-";
        }

        for (int i = 0; i < pairs; i++)
        {
            // Keys may be anything; the value behind a key that is not ours is skipped.
            if (!r.TryReadRaw(out ReadOnlySpan<byte> raw))
            {
                return "-";
            }

            MsgPackReader key = new(raw);
            if (key.NextType == MsgPackType.String && key.TryReadString(out ReadOnlySpan<byte> name) && name.SequenceEqual("number"u8))
            {
                return r.NextType == MsgPackType.Integer && r.TryReadInt64(out long number) ? $"{number}" : "-";
            }

            _ = r.TrySkip();
        }

        return "-";
    }
}
