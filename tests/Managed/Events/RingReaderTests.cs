// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Peios.Events;
using Xunit;

namespace Peios.Tests.Events;

public sealed unsafe class RingReaderTests : IDisposable
{
    private readonly InProcessRing _ring = new(65536, cpu: 3);
    private readonly byte[] _buffer = new byte[32768];

    public void Dispose() => _ring.Dispose();

    private bool Next(RingReader reader, out EventView view)
    {
        view = default;
        int n = reader.TryRead(_buffer);
        return n > 0 && EventView.TryParse(_buffer.AsSpan(0, n), out view);
    }

    [Fact]
    [Rule("KMES-005", "KMES-006", "KMES-007", "KMES-011")]
    public void Read_OneEvent_EveryFieldIsWhereTheSheetSays()
    {
        RingReader reader = _ring.NewReader();
        Assert.True(reader.LooksLikeARing());
        Assert.True(_ring.Emit("a.b", [0xc3], timestamp: 0x1122334455667788));
        Assert.True(Next(reader, out EventView e));
        Assert.Equal(77 + 3 + 1, e.Record.Length);
        Assert.Equal(0x1122334455667788UL, e.Timestamp);
        Assert.Equal(1UL, e.Sequence);
        Assert.Equal(3, e.CpuId);
        Assert.Equal(0, e.Origin);
        Assert.Equal("a.b", Encoding.UTF8.GetString(e.Type));
        Assert.Equal(new byte[] { 0xc3 }, e.Payload.ToArray());
        Assert.Equal(0, reader.TryRead(_buffer));
    }

    [Fact]
    [Rule("KMES-042", "KMES-097")]
    public void Read_Unpublished_IsNotVisible()
    {
        RingReader reader = _ring.NewReader();
        _ring.Write("x", [1]);
        _ring.Write("y", [2]);
        Assert.Equal(0, reader.TryRead(_buffer));
        _ring.Publish();
        Assert.True(Next(reader, out _));
        Assert.True(Next(reader, out EventView e));
        Assert.Equal(2UL, e.Sequence);
    }

    [Fact]
    [Rule("KMES-102", "KMES-112", "EVT-008", "EVT-035")]
    public void Read_AfterBeingLapped_ContinuesAtTheTail()
    {
        RingReader reader = _ring.NewReader();
        _ring.Emit("first", [1]);
        Assert.True(Next(reader, out _));
        byte[] payload = new byte[1000];
        for (int i = 0; i < 200; i++)
        {
            _ring.Emit("flood", payload);
        }

        Assert.True(Next(reader, out EventView e));
        Assert.Equal(1UL, reader.Lapped);
        ulong expected = e.Sequence;
        Assert.True(expected > 100);
        while (Next(reader, out e))
        {
            Assert.Equal(++expected, e.Sequence);
        }

        Assert.Equal(201UL, expected);
    }

    [Fact]
    [Rule("KMES-088")]
    public void Read_EventsAcrossTheEnd_AreContiguous()
    {
        RingReader reader = _ring.NewReader();
        byte[] payload = new byte[10007];
        for (int i = 0; i < 100; i++)
        {
            payload.AsSpan().Fill((byte)i);
            _ring.Emit("wrap", payload);
            Assert.True(Next(reader, out EventView e));
            Assert.Equal(payload.Length, e.Payload.Length);
            Assert.True(e.Payload.IndexOfAnyExcept((byte)i) < 0);
        }
    }

    [Fact]
    [Rule("KMES-036", "KMES-095", "KMES-113")]
    public void Put_TooLarge_LeavesAHole()
    {
        RingReader reader = _ring.NewReader();
        Assert.True(_ring.Emit("a", []));
        Assert.False(_ring.Emit("b", new byte[32768 - 77]));
        Assert.True(_ring.Emit("c", new byte[32768 - 78])); // exactly half: KMES-030
        Assert.True(Next(reader, out EventView e));
        Assert.Equal(1UL, e.Sequence);
        Assert.True(Next(reader, out e));
        Assert.Equal(3UL, e.Sequence);
    }

    [Fact]
    public void Read_BufferTooSmall_SaysHowMuchAndKeepsTheEvent()
    {
        RingReader reader = _ring.NewReader();
        _ring.Emit("a", new byte[100]);
        Assert.Equal(-178, reader.TryRead(new byte[100]));
        Assert.Equal(178, reader.TryRead(new byte[178]));
    }

    [Theory]
    [Rule("KMES-103")]
    [InlineData(0u)]
    [InlineData(76u)]
    [InlineData(0xffffffffu)]
    [InlineData(65537u)]
    [InlineData(5000u)] // beyond what is published
    public void Read_CorruptSize_GivesUpWhatIsThereAndGoesOn(uint size)
    {
        RingReader reader = _ring.NewReader();
        _ring.Emit("bad", [1]);
        *(uint*)(_ring.Page + 8192) = size;
        Assert.Equal(0, reader.TryRead(_buffer));
        Assert.Equal(1UL, reader.Corrupt);
        _ring.Emit("good", [1]);
        Assert.True(Next(reader, out EventView e));
        Assert.Equal("good", Encoding.UTF8.GetString(e.Type));
    }

    [Theory]
    [InlineData(0UL, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 0UL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(1UL << 63, 12345UL)]
    public void Read_HostilePositions_StaysInsideTheMapping(ulong write, ulong tail)
    {
        RingReader reader = _ring.NewReader();
        new Span<byte>(_ring.Page + 8192, 65536).Fill(0x7f);
        *(ulong*)(_ring.Page + 64) = write;
        *(ulong*)(_ring.Page + 72) = tail;
        for (int i = 0; i < 10; i++)
        {
            Assert.True(reader.TryRead(_buffer) <= 0);
        }
    }

    [Fact]
    [Rule("HAZ-025")]
    public void Put_RingBytesRuined_EmptiesTheRing()
    {
        RingReader reader = _ring.NewReader();
        for (int i = 0; i < 60; i++)
        {
            _ring.Emit("x", new byte[1000]);
        }

        new Span<byte>(_ring.Page + 8192, 65536).Fill(0xff);
        _ring.Emit("after", new byte[8000]);
        Assert.True(Next(reader, out EventView e));
        Assert.Equal("after", Encoding.UTF8.GetString(e.Type));
        Assert.Equal(61UL, e.Sequence);
    }

    [Fact]
    public void Put_BatchLargerThanTheRing_NeverMovesTheTailPastThePublishedEnd()
    {
        for (int i = 0; i < 20; i++)
        {
            _ring.Write("big", new byte[9000]);
            Assert.True(*(ulong*)(_ring.Page + 72) <= *(ulong*)(_ring.Page + 64));
        }

        _ring.Publish();
        RingReader reader = _ring.NewReader();
        ulong last = 0;
        while (Next(reader, out EventView e))
        {
            last = e.Sequence;
        }

        Assert.Equal(20UL, last);
    }

    [Fact]
    [Rule("KMES-105", "KMES-106")]
    public void PrepareWait_EmptyRing_AsksForAWakeUp_NewEventCancels()
    {
        RingReader reader = _ring.NewReader();
        Assert.Equal(0, reader.TryRead(_buffer));
        Assert.True(reader.PrepareWait(out uint expected));
        Assert.Equal(0u, expected);
        Assert.Equal(1, _ring.Page[4096]);
        reader.CancelWait();
        Assert.Equal(0, _ring.Page[4096]);
        _ring.Emit("x", [1]);
        Assert.False(reader.PrepareWait(out _));
        Assert.Equal(0, _ring.Page[4096]);
    }

    [Fact]
    [Rule("KMES-096", "KMES-110", "EVT-008")]
    public void Read_WhileTheProducerFloods_NoTornEventIsDelivered()
    {
        RingReader reader = _ring.NewReader();
        const int Count = 300_000;
        Thread producer = new(() =>
        {
            byte[] payload = new byte[600];
            for (int i = 0; i < Count; i++)
            {
                Span<byte> p = payload.AsSpan(0, 1 + ((i * 7) % 600));
                p.Fill((byte)i);
                _ring.Emit("flood", p, timestamp: (ulong)i);
            }
        });
        producer.Start();
        ulong last = 0;
        ulong seen = 0;
        ulong missed = 0;
        while (last < Count)
        {
            if (!Next(reader, out EventView e))
            {
                continue;
            }

            Assert.True(e.Sequence > last);
            Assert.Equal(e.Sequence - 1, e.Timestamp);
            Assert.Equal(1 + (((int)e.Timestamp * 7) % 600), e.Payload.Length);
            Assert.True(e.Payload.IndexOfAnyExcept((byte)e.Timestamp) < 0);
            missed += e.Sequence - last - 1;
            last = e.Sequence;
            seen++;
        }

        producer.Join();
        Assert.Equal((ulong)Count, seen + missed);
        Assert.Equal(0UL, reader.Corrupt);
    }

    [Fact]
    public void Drain_AllocatesNothing()
    {
        RingReader reader = _ring.NewReader();
        Drain(reader, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Drain(reader, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Drain(RingReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ring.Emit("x", [1, 2, 3]);
            Assert.True(Next(reader, out _));
        }
    }

    [Fact]
    public void Parse_EveryTruncation_IsRefused()
    {
        _ring.Emit("type", [1, 2, 3]);
        int n = _ring.NewReader().TryRead(_buffer);
        for (int i = 0; i < n; i++)
        {
            Assert.False(EventView.TryParse(_buffer.AsSpan(0, i), out _));
        }

        foreach ((int offset, byte value) in new List<(int, byte)> { (0, 0), (4, 0), (4, 0xff), (75, 0xff) })
        {
            byte[] copy = _buffer.AsSpan(0, n).ToArray();
            copy[offset] = value;
            Assert.False(EventView.TryParse(copy, out _));
        }
    }
}
