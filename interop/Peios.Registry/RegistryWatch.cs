// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;

namespace Peios.Registry;

/// <summary>
/// Reader of a key's watch. Poll <see cref="Descriptor"/> for readability (set it non-blocking in an event loop), then
/// call <see cref="Read"/> until EAGAIN and take the records out with <see cref="TryNext"/>.
/// </summary>
public sealed class RegistryWatch
{
    // The largest record the kernel can build has a path and a name of 65,535 bytes each.
    private const int BufferBytes = 160 * 1024;

    private readonly RegistryKey _key;
    private readonly bool _subtree;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    internal RegistryWatch(RegistryKey key, bool subtree)
    {
        _key = key;
        _subtree = subtree;
    }

    /// <summary>The watched key's descriptor.</summary>
    public Fd Descriptor => _key.Descriptor;

    /// <summary>Reads pending records; blocks for the first one unless the descriptor is non-blocking (EAGAIN).</summary>
    public Errno Read()
    {
        if (!Files.Read(Descriptor, _buffer).TryGet(out int length, out Errno error))
        {
            return error;
        }

        _start = 0;
        _end = length;
        return Errno.None;
    }

    /// <summary>Takes the next record of the last <see cref="Read"/>; false when all are taken.</summary>
    public bool TryNext(out WatchEvent change)
    {
        if (!TryParse(_buffer.AsSpan(_start, _end - _start), _subtree, out change, out int consumed))
        {
            _start = _end;
            return false;
        }

        _start += consumed;
        return true;
    }

    /// <summary>Parses one record (LCS-174, LCS-175); unknown trailing bytes of it are skipped.</summary>
    /// <param name="data">Record bytes, possibly followed by others.</param>
    /// <param name="subtree">The watch was armed for the subtree, so records carry a path.</param>
    /// <param name="change">The record.</param>
    /// <param name="consumed">Bytes it took.</param>
    /// <returns>False at the end and for a malformed record.</returns>
    public static bool TryParse(ReadOnlySpan<byte> data, bool subtree, out WatchEvent change, out int consumed)
    {
        change = default;
        consumed = 0;
        SpanReader frame = new(data);
        uint length = frame.U32();
        if (!frame.Ok || length < 8 || length > (uint)data.Length)
        {
            return false;
        }

        SpanReader record = new(data[..(int)length]);
        record.Skip(4);
        WatchEventType type = (WatchEventType)record.U16();
        string name = Encoding.UTF8.GetString(record.Bytes(record.U16()));
        string[] path = [];
        if (subtree && record.Ok && record.Remaining >= 2)
        {
            int depth = record.U16();
            if (depth > record.Remaining / 2)
            {
                return false;
            }

            path = depth == 0 ? [] : new string[depth];
            for (int i = 0; i < depth; i++)
            {
                path[i] = Encoding.UTF8.GetString(record.Bytes(record.U16()));
            }
        }

        if (!record.Ok)
        {
            return false;
        }

        change = new WatchEvent(type, name, path);
        consumed = (int)length;
        return true;
    }
}
