// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Eventd;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>Several shards for one CPU: they commit one by one, and a restart still loses and doubles nothing.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly EventdFixture _f = new(cpus: 1, capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    private List<ulong> Sequences() =>
        _f.Rows("SELECT sequence FROM events WHERE sequence IS NOT NULL").ConvertAll(static s => ulong.Parse(s, CultureInfo.InvariantCulture));

    [Fact]
    [Rule("EVT-014", "EVT-015", "EVT-020")]
    public void MoreShardsThanCpus_TakeTurns_OverCrashesAndOtherCounts()
    {
        Random random = new(11);
        ulong emitted = 0;
        foreach (int shards in (int[])[3, 3, 3, 1, 4, 2, 3])
        {
            _f.Settings = _f.Settings with { StorageShards = shards };
            Daemon daemon = _f.Start();
            int now = random.Next(500, 4000);
            for (int i = 0; i < now; i++)
            {
                _f.Rings[0].Emit("e", new byte[random.Next(1, 200)]);
                emitted++;
            }

            ulong some = (ulong)random.Next(1, now);
            EventdFixture.Until(() => daemon.StoredEvents >= some, "some commits");
            _f.Kill(daemon);
        }

        Daemon last = _f.Start();
        EventdFixture.Until(() => Sequences().Count == (int)emitted, "every event");
        Assert.Equal((int)emitted, Sequences().Distinct().Count());
        Assert.Empty(_f.Query("EVENTS synthetic.gap"));
        _f.Stop(last);
        Assert.Equal(4, Directory.GetFiles(_f.Settings.EventStorePath, "shard-*.db").Length);
        Assert.True(_f.Rows("SELECT 1 FROM events WHERE sequence IS NOT NULL LIMIT 1").Count > 1); // more than one shard was written
    }

    [Fact]
    [Rule("EVT-013", "EVT-032")]
    public void Tracker_AfterARestart_SkipsWhatIsStoredAndCountsOnlyWhatIsNot()
    {
        GapTracker tracker = new(new ResumePoint(10, [new(15, 20), new(30, 30)]));
        Assert.True(tracker.IsOld(10));
        Assert.False(tracker.IsOld(11));
        Assert.True(tracker.IsOld(15));
        Assert.True(tracker.IsOld(30));
        Assert.False(tracker.IsOld(31));
        tracker.Advance(35, 7);
        List<(ulong, ulong)> gaps = [];
        while (tracker.TryNextGap(out GapTracker.Gap gap))
        {
            gaps.Add((gap.First, gap.LastMissing));
        }

        Assert.Equal([(11, 14), (21, 29), (31, 34)], gaps);
        tracker.Advance(36, 8);
        Assert.False(tracker.TryNextGap(out _));
    }

    [Theory]
    [Rule("EVT-012")]
    [InlineData(5, "", "6-7,8-8", 8, "")]
    [InlineData(5, "", "9-9,7-7,8-8", 5, "7-9")]
    [InlineData(5, "", "1-3,6-6,8-9,10-20", 6, "8-20")]
    [InlineData(0, "", "2-2", 0, "2-2")]
    public void ResumePoint_JoinsRanges(ulong last, string none, string stored, ulong expected, string rest)
    {
        ResumePoint point = ResumePoint.Of(last, [.. ResumePoint.Parse(stored), .. ResumePoint.Parse(none)]);
        Assert.Equal(expected, point.Last);
        Assert.Equal(rest, point.Text());
        Assert.Equal(point.Stored, ResumePoint.Parse(point.Text()));
    }

    [Theory]
    [Rule("EVT-015")]
    [InlineData(2, 2, "0", "1")]
    [InlineData(2, 5, "0,2,4", "1,3")]
    [InlineData(3, 2, "0", "1", "0")]
    public void ShardPlan_IsTheSheets(int cpus, int shards, params string[] expected)
    {
        ShardPlan plan = new(cpus, shards);
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            Assert.Equal(expected[cpu], string.Join(',', plan.Shards(cpu)));
        }
    }

    [Fact]
    [Rule("EVT-012", "EVT-257")]
    public void Crash_BetweenTheOpeningsOfTwoShards_ForgetsNothing()
    {
        using EventdFixture f = new(cpus: 3);
        Daemon daemon = f.Start();
        for (int cpu = 0; cpu < 3; cpu++)
        {
            for (int i = 0; i < 5; i++)
            {
                f.Rings[cpu].Emit("e", [1]);
            }
        }

        EventdFixture.Until(() => f.Rows("SELECT 1 FROM events WHERE sequence = 5").Count == 3, "every event");
        f.Stop(daemon);
        (ResumePoint[] before, long run) = ResumeFinder.Find(f.Settings.EventStorePath, f.Boot, 3);
        Assert.Equal([5UL, 5UL, 5UL], Array.ConvertAll(before, static point => point.Last));

        // The next run dies when it has opened one of its three shards.
        string first = Path.Combine(f.Settings.EventStorePath, "shard-0000.db");
        Assert.True(StoreFile.TryOpen(first, durable: true, EventTable.Schema, EventTable.Required, out SqliteDatabase? db, out _));
        Assert.True(ShardTables.Open(db, f.Boot, before, [true, false, false], run + 1).TryGet(out ShardTables? tables));
        tables.Dispose();
        (ResumePoint[] after, _) = ResumeFinder.Find(f.Settings.EventStorePath, f.Boot, 3);
        Assert.Equal([5UL, 5UL, 5UL], Array.ConvertAll(after, static point => point.Last));
        daemon = f.Start();
        f.Stop(daemon);
        Assert.Empty(f.Rows("SELECT 1 FROM events WHERE event_type = 'synthetic.gap'"));
        Assert.Equal(15, f.Rows("SELECT 1 FROM events WHERE sequence IS NOT NULL").Count);
    }

    [Fact]
    public void LostRanges_OfOneCpu_GrowTogetherOnlyWhenAdjacent()
    {
        LostRanges lost = new();
        lost.Add(0, new SequenceRange(1, 5));
        lost.Add(1, new SequenceRange(1, 2));
        lost.Add(0, new SequenceRange(6, 9));
        lost.Add(0, new SequenceRange(20, 22));
        Assert.Equal([(0u, new SequenceRange(1, 9)), (1u, new SequenceRange(1, 2)), (0u, new SequenceRange(20, 22))], lost.All);
    }
}
