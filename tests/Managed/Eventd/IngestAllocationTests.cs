// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Eventd;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>The measure is of the whole process, so nothing else may run beside it.</summary>
[Collection("alone")]
public sealed class IngestAllocationTests : IDisposable
{
    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    [Fact]
    public void Flood_StoresEverythingAndAllocatesNothingPerEvent()
    {
        Daemon daemon = _f.Start();
        Flood(20_000, daemon);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Flood(100_000, daemon);
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(bytes < 100_000, $"{bytes} bytes for 100,000 events");
        _f.Stop(daemon);
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
                    Thread.Yield();
                }
            }
        }
    }
}
