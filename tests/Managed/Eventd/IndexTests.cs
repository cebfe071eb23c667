// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Eventd;
using Eventd.Indexing;
using Eventd.Ingest;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class IndexTests : IDisposable
{
    private const long Hour = 3600L * 1_000_000_000;

    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    private string Indexes() =>
        string.Join(' ', _f.Rows("SELECT name FROM sqlite_schema WHERE type='index' AND tbl_name='events' ORDER BY name"));

    private void Fill(Daemon daemon, int count)
    {
        ulong before = daemon.StoredEvents;
        for (int i = 0; i < count; i++)
        {
            _f.Rings[0].Emit($"type.{i % 50}", [1], timestamp: (ulong)i);
        }

        EventdFixture.Until(() => daemon.StoredEvents >= before + (ulong)count, "the events");
    }

    [Fact]
    [Rule("EVT-060", "EVT-063", "EVT-064", "EVT-076", "EVT-173")]
    public void Request_MakesTheIndexInAQuietMoment_AndQueriesUseIt()
    {
        Daemon daemon = _f.Start();
        Fill(daemon, 2000);
        Assert.Empty(_f.Query("EVENTS INDEX event_type"));
        EventdFixture.Until(() => Indexes() == "idx_events_event_type idx_events_timestamp", "the index");
        Assert.Equal(40, _f.Query("EVENTS TYPE.7").Count);
        Assert.Contains(
            "USING INDEX idx_events_event_type",
            _f.Rows("EXPLAIN QUERY PLAN SELECT id FROM events WHERE event_type = 'x' COLLATE NOCASE ORDER BY timestamp DESC LIMIT 9")[0].Replace("COVERING ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        _f.Stop(daemon);
        daemon = _f.Start();
        Assert.Equal(["event_type"], daemon.Indexes.Columns); // remembered
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-062", "EVT-069", "EVT-173")]
    public void Request_ForWhatGetsNoIndex_IsRefused()
    {
        Daemon daemon = _f.Start();
        foreach (string field in (string[])["payload", "timestamp", "id", "sequence", "n.m"])
        {
            Assert.Contains(field, (string)_f.Query($"EVENTS INDEX {field}")[0]["error"]!, StringComparison.Ordinal);
        }

        Assert.Empty(daemon.Indexes.Columns);
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-075")]
    public void Queries_AreCountedInMemory_TheFileIsThePolicysAlone()
    {
        Daemon daemon = _f.Start();
        string meta = Path.Combine(_f.Settings.EventStorePath, "eventd-meta.db");
        _ = _f.Query("EVENTS WHERE cpu_id == 0");
        Assert.Empty(_f.Rows("SELECT * FROM index_counters", meta));
        using (Locked(meta))
        {
            _ = _f.Query("EVENTS WHERE cpu_id == 0"); // nobody waits for the file
        }

        _f.Stop(daemon);
        Assert.Equal(["cpu_id|2"], _f.Rows("SELECT field_path, query_count FROM index_counters", meta));
    }

    private static SqliteDatabase Locked(string path)
    {
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        Assert.Equal(SqliteCode.Ok, db.Execute("BEGIN IMMEDIATE"u8));
        return db;
    }

    [Fact]
    [Rule("EVT-066", "EVT-064")]
    public void Build_OnAShardThatIsNeverQuiet_DoesNotHappen()
    {
        _f.Settings = _f.Settings with { MaxBatchSize = 100 };
        Daemon daemon = _f.Start();
        Batch(daemon, 100); // one batch above 75 % within the window: the shard is under pressure
        _ = _f.Query("EVENTS INDEX cpu_id");
        EventdFixture.Until(() => daemon.Indexes.Columns.Length == 1, "the wish");
        for (int i = 0; i < 20; i++)
        {
            Batch(daemon, 100);
        }

        Assert.Equal("idx_events_timestamp", Indexes());
        _f.Stop(daemon);
    }

    private static void Batch(Daemon daemon, int rows)
    {
        EventBlock block = new(1 << 16, home: null) { Cpu = 0 };
        for (int i = 0; i < rows; i++)
        {
            block.AddSynthetic(new SyntheticEvent(1, 0, "synthetic.test"u8, [0xc0]));
        }

        ulong before = daemon.StoredEvents;
        Assert.True(daemon.Writers[0].Put(block, backlogPercent: 0));
        EventdFixture.Until(() => daemon.StoredEvents >= before + (ulong)rows, "the batch");
    }

    [Fact]
    [Rule("EVT-074", "EVT-173")]
    public void Request_WithoutTheRight_IsDenied()
    {
        Daemon daemon = _f.Start();
        _f.Judge.Deny(daemon.IndexPolicy.AdminDescriptor);
        Assert.Equal("access denied", _f.Query("EVENTS INDEX cpu_id")[0]["error"]);
        _f.Stop(daemon);
        Assert.Empty(daemon.Indexes.Columns);
    }

    [Fact]
    [Rule("EVT-056", "EVT-057", "EVT-058", "EVT-059")]
    public void Policy_AddsWhatIsAskedAboutOftenAndDropsWhatIsNot()
    {
        DesiredIndexes desired = new();
        IndexPolicy policy = new(new LiveSettings(_f.Settings), desired, MetaStore.Open(Folder()));
        long now = (long)Clock.Realtime;
        for (int i = 0; i < 150; i++)
        {
            policy.Count(i < 99 ? ["cpu_id", "timestamp", "nonsense"] : ["process_guid", "event_type"]);
        }

        for (int i = 0; i < 60; i++)
        {
            policy.Count(["process_guid", "process_guid".ToUpperInvariant()]);
        }

        policy.Decide(now);
        Assert.Equal(["process_guid"], desired.Columns); // 111 queries; 99 and 51 are not enough
        policy.Count(["cpu_id"]);
        policy.Decide(now);
        Assert.Equal(["process_guid", "cpu_id"], desired.Columns); // most queried first
        policy.Decide(now + (25 * Hour)); // the window is over; both had enough in it
        Assert.Equal(2, desired.Columns.Length);
        policy.Decide(now + (50 * Hour)); // a window without queries
        Assert.Empty(desired.Columns);
    }

    [Fact]
    [Rule("EVT-071", "EVT-072", "EVT-073", "EVT-077")]
    public void MetaStore_HasTheSheetsTables_AndIsMadeAnewWhenItIsForeign()
    {
        string folder = Folder();
        string path = Path.Combine(folder, "eventd-meta.db");
        MetaStore.Open(folder).Dispose();
        Assert.Equal(["wal"], _f.Rows("PRAGMA journal_mode", path));
        Assert.Equal(
            "desired_indexes desired_rollups index_counters meta rollup_counters",
            string.Join(' ', _f.Rows("SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name", path)));
        Assert.Equal(["admin_sd", "created_at", "schema_version"], _f.Rows("SELECT key FROM meta ORDER BY key", path));
        Assert.Equal(["blob"], _f.Rows("SELECT typeof(value) FROM meta WHERE key='admin_sd'", path));
        Change(path, "UPDATE meta SET value='9' WHERE key='schema_version'"u8);
        MetaStore.Open(folder).Dispose();
        Assert.Equal(["1"], _f.Rows("SELECT value FROM meta WHERE key='schema_version'", path));
        File.WriteAllText(path, new string('x', 9000));
        MetaStore.Open(folder).Dispose();
        Assert.Equal(["1"], _f.Rows("SELECT value FROM meta WHERE key='schema_version'", path));
    }

    [Fact]
    [Rule("EVT-065")]
    public void Build_Cancelled_LeavesNoIndexAndNoTransaction()
    {
        string path = Path.Combine(Folder(), "x.db");
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(global::Eventd.Store.EventTable.Schema));
            Assert.Equal(SqliteCode.Ok, db.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 300000) INSERT INTO events(boot_id,timestamp,event_type,cpu_id) SELECT x'00',i,'t'||(i*7919%10007),i FROM n"u8));
            IndexKeeper keeper = new(db);
            System.Threading.Thread writer = new(() =>
            {
                EventdFixture.Until(() => keeper.Building, "the build");
                keeper.Cancel();
            });
            writer.Start();
            Assert.Equal(SqliteCode.Interrupt, keeper.Step(["event_type"]));
            writer.Join();
            Assert.False(db.InTransaction);
            Assert.Empty(keeper.Columns);
            Assert.Equal(SqliteCode.Ok, keeper.Step(["event_type"]));
            Assert.Equal(["event_type"], keeper.Columns);
            Assert.Equal(["event_type"], new IndexKeeper(db).Columns); // found again (EVT-076)
        }
    }

    [Fact]
    [Rule("EVT-067", "EVT-069")]
    public void Keeper_Shedding_DropsTheLeastUsefulFirstAndNeverTheTimestamps()
    {
        string path = Path.Combine(Folder(), "y.db");
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _));
        using (db)
        {
            string[] desired = ["cpu_id", "event_type", "boot_id"];
            Assert.Equal(SqliteCode.Ok, db.Execute(global::Eventd.Store.EventTable.Schema));
            IndexKeeper keeper = new(db);
            while (keeper.Differs(desired))
            {
                Assert.Equal(SqliteCode.Ok, keeper.Step(desired));
            }

            Assert.True(keeper.DropLowest(desired));
            Assert.Equal(["cpu_id", "event_type"], keeper.Columns);
            keeper.DropAll();
            Assert.False(keeper.DropLowest(desired));
        }

        Assert.Equal(["idx_events_timestamp"], _f.Rows("SELECT name FROM sqlite_schema WHERE type='index'", path));
    }

    [Fact]
    [Rule("EVT-067")]
    public void Gauge_CountsTheLargeBatchesOfTheWindow()
    {
        PressureGauge gauge = new();
        for (int i = 0; i < 7; i++)
        {
            gauge.Note(1_000_000 + i, 30_000, large: true);
        }

        Assert.False(gauge.Above(75)); // too few to say
        gauge.Note(1_000_100, 30_000, large: false);
        Assert.True(gauge.Above(75)); // 7 of 8
        gauge.Note(1_000_200, 30_000, large: false);
        gauge.Note(1_000_200, 30_000, large: false);
        Assert.False(gauge.Above(75)); // 7 of 10
        Assert.True(gauge.AnyLarge);
        gauge.Turn(1_031_000, 30_000);
        Assert.False(gauge.AnyLarge);
    }

    [Fact]
    [Rule("EVT-068")]
    public void Emergency_AFullRingAndAFullBatch_DropsEveryIndex()
    {
        _f.Settings = _f.Settings with { MaxBatchSize = 100 };
        Daemon daemon = _f.Start();
        _ = _f.Query("EVENTS INDEX cpu_id");
        EventdFixture.Until(() => Indexes().Contains("cpu_id", StringComparison.Ordinal), "the index");
        EventBlock block = new(1 << 16, home: null) { Cpu = 0 };
        for (int i = 0; i < 100; i++)
        {
            block.AddSynthetic(new SyntheticEvent(1, 0, "synthetic.test"u8, [0xc0]));
        }

        Assert.True(daemon.Writers[0].Put(block, backlogPercent: 76));
        EventdFixture.Until(() => Indexes() == "idx_events_timestamp", "the shedding");
        Assert.Equal(["cpu_id"], daemon.Indexes.Columns); // it comes back after a quiet time (EVT-070)
        _f.Stop(daemon);
    }

    private static string Folder() => Directory.CreateTempSubdirectory("index").FullName;

    private static void Change(string path, ReadOnlySpan<byte> sql)
    {
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(sql));
        }
    }
}
