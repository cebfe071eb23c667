// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Eventd;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class RingSwapTests : IDisposable
{
    private readonly EventdFixture _f = new(cpus: 2, capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    private ulong Count(string where)
    {
        ulong sum = 0;
        foreach (string count in _f.Rows($"SELECT count(*) FROM events WHERE {where}"))
        {
            sum += ulong.Parse(count, CultureInfo.InvariantCulture);
        }

        return sum;
    }

    [Fact]
    [Rule("EVT-010", "EVT-011", "KMES-125", "KMES-126", "KMES-127")]
    public void Rings_SwappedDuringAFlood_LoseAndDoubleNothing()
    {
        Daemon daemon = _f.Start();
        Random random = new(3);
        ulong emitted = 0;
        for (int swap = 0; swap < 60; swap++)
        {
            int count = random.Next(0, 200);
            for (int i = 0; i < count; i++)
            {
                _f.Rings[0].Emit("e", new byte[random.Next(1, 150)]);
                emitted++;
            }

            // Both directions; the smaller one holds everything that this test emits, read or not.
            _f.Rings.Swap(0, 1UL << random.Next(22, 24));
        }

        _f.Rings[0].Emit("last", [1]);
        _f.Rings[1].Emit("last", [1]); // the other CPU was not touched
        EventdFixture.Until(() => Count("event_type = 'last'") == 2, "the last events");
        Assert.Equal(emitted + 1, Count("cpu_id = 0 AND sequence IS NOT NULL"));
        Assert.Equal(0UL, Count("event_type = 'synthetic.gap'"));
        Assert.Equal([(emitted + 1).ToString(CultureInfo.InvariantCulture)], _f.Rows("SELECT max(sequence) FROM events WHERE cpu_id = 0 GROUP BY cpu_id"));
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-010", "KMES-125")]
    public void Ring_SwappedForASmallerOne_ReadsTheOldOneToItsEnd()
    {
        Daemon daemon = _f.Start();
        _f.Rings.AfterEmpty = () =>
        {
            for (int i = 0; i < 3000; i++)
            {
                _f.Rings[0].Emit("old", new byte[200]); // 800 KB: the new ring will hold 64 KB of them
            }

            _f.Rings.Swap(0, 65536);
            _f.Rings[0].Emit("new", [1]);
        };
        EventdFixture.Until(() => Count("event_type = 'new'") == 1, "the event of the new ring");
        Assert.Equal(3000UL, Count("event_type = 'old'"));
        Assert.Equal(0UL, Count("event_type = 'synthetic.gap'"));
        _f.Stop(daemon);
    }

    [Fact]
    public void Ring_ThatCannotBeAttachedAtOnce_IsAttachedLater()
    {
        Daemon daemon = _f.Start();
        _f.Rings.Failures = 1;
        _f.Rings.Swap(1, 1 << 18);
        _f.Rings[1].Emit("new", [1]);
        EventdFixture.Until(() => Count("event_type = 'new'") == 1, "the event of the new ring");
        _f.Stop(daemon);
    }
}
