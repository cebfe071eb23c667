// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Eventd;
using Peios.Events;
using Peios.Ipc;
using Tests.Managed.Tools;
using Tools.Evctl;
using Tools.Frame;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary><c>evctl follow</c> behind an output that is slower than the flood.</summary>
public sealed class FollowTests : IDisposable
{
    private const int Events = 20_000;

    private readonly EventdFixture _f = new(capacity: 16 << 20);

    public void Dispose() => _f.Dispose();

    private void Flood()
    {
        byte[] payload = [0x82, 0xa1, (byte)'n', 0xce, 0, 0, 0, 0, 0xa1, (byte)'x', 0xc4, 200, .. new byte[200]];
        for (uint n = 1; n <= Events; n++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), n);
            Assert.True(_f.Rings[0].Emit("flood", payload));
        }
    }

    [Fact]
    [Rule("EVT-207", "EVT-211")]
    public void Output_SlowerThanTheFlood_PrintsOrCountsEveryRecord()
    {
        Daemon daemon = _f.Start();
        Assert.True(UnixSocket.Connect(_f.Settings.QuerySocketPath).TryGet(out UnixSocket? socket));
        using QueryClient client = new(socket);
        client.Send("EVENTS flood STREAM");
        SlowSink sink = new();
        (ToolContext context, ToolRun remarks) = ToolRun.Context(new EvctlTool());
        FollowPump pump = new(client, maxWaitingBytes: 300_000);
        Thread printing = new(() => pump.Run(context, sink, out _));
        printing.Start();
        EventdFixture.Until(() => daemon.StoredEvents > 0, "the start");
        Flood();
        EventdFixture.Until(() => daemon.StoredEvents > Events, "all events");
        EventdFixture.Until(() => pump.Skipped > 0, "a full queue");
        sink.Go.Set();
        EventdFixture.Until(() => sink.Numbers.Count > 0 && sink.Numbers[^1] == Events, "the newest record");
        _f.Stop(daemon);
        printing.Join();
        long skipped = remarks.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Sum(static line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.True(skipped > 0);
        Assert.Equal(Events, sink.Numbers.Count + skipped);
        Assert.Equal(sink.Numbers.Count, sink.Numbers.Distinct().Count());
    }

    /// <summary>Takes nothing until it is told to; then everything.</summary>
    private sealed class SlowSink : IRecordSink
    {
        internal ManualResetEventSlim Go { get; } = new(false);

        internal List<long> Numbers { get; } = new(Events);

        public void Add(ReadOnlySpan<byte> record)
        {
            Go.Wait();
            MsgPackReader r = new(record);
            Assert.True(r.TryReadMap(out int pairs));
            for (int i = 0; i < pairs && r.TryReadString(out ReadOnlySpan<byte> key); i++)
            {
                if (key.SequenceEqual("n"u8) && r.TryReadInt64(out long n))
                {
                    Numbers.Add(n);
                }
                else
                {
                    _ = r.TrySkip();
                }
            }
        }

        public void Flush()
        {
        }
    }
}
