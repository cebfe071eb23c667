// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using Peios.Events;
using Peios.Interop;

namespace EventBench;

/// <summary>
/// Emits records of about 200 bytes into one ring: a hundred types, and every 10,000th event of a rare one. Without a
/// rate it goes as fast as the consumer (it pauses while the ring is three quarters full); with a rate it never pauses.
/// </summary>
internal sealed unsafe class Producer
{
    internal const int Types = 100;
    internal const int RareEvery = 10_000;
    internal const string RareType = "bench.needle.01";

    private readonly BenchRing _ring;
    private readonly int _textBytes;
    private readonly Thread _thread;
    private readonly byte[][] _types = new byte[Types + 1][];
    private long _count;
    private double _rate;

    internal Producer(BenchRing ring, int textBytes)
    {
        _ring = ring;
        _textBytes = textBytes;
        for (int i = 0; i < Types; i++)
        {
            _types[i] = Encoding.ASCII.GetBytes($"bench.type.{i:0000}");
        }

        _types[Types] = Encoding.ASCII.GetBytes(RareType);
        _thread = new Thread(Run, 256 * 1024) { Name = $"producer-{ring.Cpu}", IsBackground = true };
    }

    /// <summary>Starts emitting.</summary>
    /// <param name="count">Events.</param>
    /// <param name="rate">Events a second, or 0.</param>
    internal void Start(long count, double rate)
    {
        _count = count;
        _rate = rate;
        _thread.Start();
    }

    /// <summary>Waits for the last event.</summary>
    internal void Join() => _thread.Join();

    private void Run()
    {
        byte* payload = stackalloc byte[_textBytes + 64];
        byte* text = stackalloc byte[_textBytes];
        new Span<byte>(text, _textBytes).Fill((byte)'m');
        PkmCore.Stamp stamp = default;
        for (int i = 0; i < 48; i++)
        {
            stamp.Guids[i] = (byte)(i * 7);
        }

        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < _count; i++)
        {
            if (_rate > 0)
            {
                Pace(start, i);
            }
            else
            {
                while (_ring.Unread > _ring.Capacity / 4 * 3)
                {
                    _ = Thread.Yield();
                }
            }

            MsgPackWriter w = new(new Span<byte>(payload, _textBytes + 64));
            w.Map(2);
            w.String("n"u8);
            w.UInt64((ulong)i + 0x1_0000_0000);
            w.String("text"u8);
            w.String(new ReadOnlySpan<byte>(text, _textBytes));
            stamp.Timestamp = Clock.Realtime;
            byte[] type = i % RareEvery == RareEvery / 2 ? _types[Types] : _types[i % Types];
            fixed (byte* t = type)
            {
                PkmCore.Event e = new() { Type = t, TypeLength = (ushort)type.Length, Payload = payload, PayloadLength = (uint)w.Length };
                _ring.Emit(&stamp, &e);
            }
        }
    }

    // In portions of a millisecond, as a timer would release them.
    private void Pace(long start, long i)
    {
        if (i % (long)Math.Max(1, _rate / 1000) == 0)
        {
            while (Stopwatch.GetElapsedTime(start).TotalSeconds * _rate < i)
            {
                _ = Thread.Yield();
            }
        }
    }
}
