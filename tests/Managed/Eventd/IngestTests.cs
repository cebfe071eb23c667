// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Eventd;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class IngestTests : IDisposable
{
    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    private List<ulong> Sequences(int cpu = 0) =>
        _f.Rows($"SELECT sequence FROM events WHERE cpu_id = {cpu} AND sequence IS NOT NULL ORDER BY id")
            .ConvertAll(static s => ulong.Parse(s, CultureInfo.InvariantCulture));

    /// <summary>Stored numbers and gap records together cover 1..last exactly once.</summary>
    private void AssertCovered(ulong last, int cpu = 0)
    {
        List<ulong> all = Sequences(cpu);
        foreach (Dictionary<string, object?> gap in _f.Query($"EVENTS synthetic.gap WHERE cpu_id == {cpu}"))
        {
            long first = (long)gap["first_missing"]!;
            long count = (long)gap["count"]!;
            Assert.Equal((long)gap["last_missing"]!, first + count - 1);
            for (long i = 0; i < count; i++)
            {
                all.Add((ulong)(first + i));
            }
        }

        all.Sort();
        Assert.Equal(last, (ulong)all.Count);
        Assert.Equal(1UL, all[0]);
        Assert.Equal(last, all[^1]);
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Fact]
    [Rule("EVT-001", "EVT-002", "EVT-044", "EVT-045", "EVT-046")]
    public void Event_Drained_IsARowWithEveryField()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("my.type", [0x81, 0xa1, (byte)'k', 7], timestamp: 1234567890);
        EventdFixture.Until(() => Sequences().Count == 1, "one row");
        _f.Stop(daemon);
        string guid = string.Concat(Enumerable.Repeat("AB", 16));
        string boot = Convert.ToHexString(_f.Boot.ToByteArray());
        Assert.Equal(
            [$"{boot}|1234567890|0|1|0|my.type|{guid}|{guid}|{guid}|81A16B07"],
            _f.Rows("SELECT boot_id,timestamp,cpu_id,sequence,origin_class,event_type,effective_token_guid,true_token_guid,process_guid,payload FROM events WHERE sequence IS NOT NULL"));
    }

    [Fact]
    [Rule("EVT-023", "EVT-047", "EVT-048", "EVT-050", "EVT-051")]
    public void Shard_Created_HasTheSheetsSchema()
    {
        _f.Stop(_f.Start());
        string path = Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
        Assert.Equal(["wal"], _f.Rows("PRAGMA journal_mode", path));
        Assert.Equal(["idx_events_timestamp"], _f.Rows("SELECT name FROM sqlite_schema WHERE type='index' AND tbl_name='events'"));
        Assert.Equal(["1"], _f.Rows("SELECT value FROM metadata WHERE key='schema_version'"));
    }

    [Fact]
    [Rule("EVT-032", "EVT-033", "EVT-034", "EVT-036", "EVT-037", "EVT-038", "EVT-043")]
    public void Hole_InTheNumbers_IsOneExactGapRecord()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("a", [1], timestamp: 50);
        _f.Rings[0].Emit("too large", new byte[600000]); // dropped: number 2
        _f.Rings[0].Emit("too large", new byte[600000]); // number 3
        _f.Rings[0].Emit("b", [1], timestamp: 60);
        EventdFixture.Until(() => Sequences().Count == 2, "two rows");
        Dictionary<string, object?> gap = Assert.Single(_f.Query("EVENTS synthetic.gap"));
        Assert.Equal(2L, gap["first_missing"]);
        Assert.Equal(3L, gap["last_missing"]);
        Assert.Equal(2L, gap["count"]);
        Assert.Equal(50L, gap["before"]);
        Assert.Equal(60L, gap["after"]);
        Assert.Equal(0L, gap["cpu_id"]);
        Assert.Null(gap["sequence"]);
        Assert.Null(gap["process_guid"]);
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-012", "EVT-013", "EVT-089", "EVT-257")]
    public void Restart_AfterAborts_LosesAndDoublesNothing()
    {
        Random random = new(7);
        ulong emitted = 0;
        for (int round = 0; round < 8; round++)
        {
            Daemon daemon = _f.Start();
            int now = random.Next(1, 3000);
            for (int i = 0; i < now; i++)
            {
                _f.Rings[0].Emit("e", [1]);
                emitted++;
            }

            if (round % 2 == 0)
            {
                EventdFixture.Until(() => daemon.StoredEvents > 0, "a commit");
            }

            _f.Kill(daemon); // what was not committed is in the ring still
        }

        Daemon last = _f.Start();
        EventdFixture.Until(() => Sequences().Count == (int)emitted, "every event");
        AssertCovered(emitted);
        Assert.Empty(_f.Query("EVENTS synthetic.gap"));
        _f.Stop(last);
    }

    [Fact]
    [Rule("EVT-035", "EVT-259", "KMES-141")]
    public void Restart_AfterTheRingWentRound_CoversTheRestByGaps()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("early", [1]);
        EventdFixture.Until(() => Sequences().Count == 1, "the first row");
        _f.Kill(daemon);
        byte[] payload = new byte[1000];
        for (int i = 0; i < 5000; i++)
        {
            _f.Rings[0].Emit("flood", payload);
        }

        daemon = _f.Start();
        EventdFixture.Until(() => Sequences().Contains(5001), "the last event");
        AssertCovered(5001);
        Assert.Single(_f.Query("EVENTS synthetic.gap"));
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-088")]
    public void NewBoot_CountsFromOneAgain()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("old", [1]);
        EventdFixture.Until(() => Sequences().Count == 1, "one row");
        _f.Stop(daemon);
        _f.Boot = Guid.NewGuid();
        daemon = _f.Start(); // the same ring stands for the new boot's: number 1 again
        EventdFixture.Until(() => Sequences().Count == 2, "the row of the new boot");
        EventdFixture.Until(() => _f.Query("EVENTS synthetic.startup").Count == 2, "both starts");
        Assert.False((bool)_f.Query("EVENTS synthetic.startup TAKE 1")[0]["restart"]!);
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-254")]
    public void Stop_StoresWhatIsInTheRing()
    {
        Daemon daemon = _f.Start();
        for (int i = 0; i < 5000; i++)
        {
            _f.Rings[0].Emit("e", [1]);
        }

        _f.Stop(daemon);
        Assert.Equal(5000, Sequences().Count);
        Assert.Single(_f.Rows("SELECT 1 FROM events WHERE event_type='synthetic.shutdown'"));
    }

    [Fact]
    [Rule("EVT-005", "EVT-007", "EVT-015", "EVT-016")]
    public void FewerShardsThanCpus_EveryCpuIsStored()
    {
        using EventdFixture f = new(cpus: 3);
        f.Settings = f.Settings with { StorageShards = 2 };
        Daemon daemon = f.Start();
        for (int cpu = 0; cpu < 3; cpu++)
        {
            f.Rings[cpu].Emit($"cpu{cpu}", [1]);
        }

        EventdFixture.Until(() => f.Query("EVENTS cpu*").Count == 3, "three events");
        Assert.Equal(2, Directory.GetFiles(f.Settings.EventStorePath, "shard-*.db").Length);
        f.Stop(daemon);
    }

    [Theory]
    [Rule("EVT-052", "EVT-053", "EVT-266", "EVT-267")]
    [InlineData("noise")]
    [InlineData("truncated")]
    [InlineData("version")]
    [InlineData("index")]
    public void DamagedShard_IsLeftAloneAndReported_EventsGoElsewhere(string damage)
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("before", [1]);
        EventdFixture.Until(() => Sequences().Count == 1, "one row");
        _f.Stop(daemon);
        string path = Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
        Damage(path, damage);
        byte[] damaged = File.ReadAllBytes(path);

        daemon = _f.Start();
        _f.Rings[0].Emit("after", [1]);
        EventdFixture.Until(() => _f.Query("EVENTS after").Count == 1, "an event in the new shard");
        Assert.Single(_f.Query("EVENTS synthetic.storage_error"));
        Assert.Single(_f.Query("EVENTS before")); // read from the old file, or drained once more
        _f.Stop(daemon);
        Assert.Equal(damaged, File.ReadAllBytes(path));
    }

    private static void Damage(string path, string how)
    {
        switch (how)
        {
            case "noise":
                byte[] noise = new byte[8192];
                new Random(1).NextBytes(noise);
                File.WriteAllBytes(path, noise);
                break;
            case "truncated":
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..5000]);
                break;
            default:
                Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
                Assert.Equal(SqliteCode.Ok, db.Execute(how == "version"
                    ? "UPDATE metadata SET value='2' WHERE key='schema_version'"u8
                    : "DROP INDEX idx_events_timestamp"u8));
                db.Dispose();
                break;
        }
    }
}
