// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Eventd;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>The real drain thread and the real writer, each by its own count of what it allocated.</summary>
[Collection("alone")]
public sealed class IngestAllocationTests : IDisposable
{
    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    [Fact]
    [Rule("EVT-009", "EVT-019", "EVT-030")]
    public void Flood_DrainAndWrite_AllocateNothing()
    {
        Daemon daemon = _f.Start();
        Flood(20_000, daemon);
        (long drain, long writer) = (daemon.Drains[0].Allocated, daemon.Writers[0].Allocated);
        Flood(100_000, daemon);
        Assert.Equal(drain, daemon.Drains[0].Allocated);
        Assert.Equal(writer, daemon.Writers[0].Allocated);
        _f.Stop(daemon);
        Assert.Equal(["120000"], _f.Rows("SELECT count(*) FROM events WHERE event_type = 'flood'"));
        Assert.Empty(_f.Rows("SELECT 1 FROM events WHERE event_type = 'synthetic.gap'"));
    }

    private void Flood(int count, Daemon daemon)
    {
        ulong target = daemon.StoredEvents + (ulong)count;
        byte[] payload = new byte[100];
        for (int i = 0; i < count; i++)
        {
            _f.Rings[0].Emit("flood", payload);
            if (i % 2000 == 1999)
            {
                ulong reached = target - (ulong)(count - i - 1);
                while (daemon.StoredEvents < reached)
                {
                    _ = Thread.Yield();
                }
            }
        }
    }
}
