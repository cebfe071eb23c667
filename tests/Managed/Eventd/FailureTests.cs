// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Eventd;
using Eventd.Ingest;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>Stores that fail while eventd runs.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly EventdFixture _f = new(cpus: 2, capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    private string Shard(int index) => Path.Combine(_f.Settings.EventStorePath, $"shard-{index:0000}.db");

    private int Count(string where, string? file = null) =>
        _f.Rows($"SELECT 1 FROM events WHERE {where}", file).Count;

    /// <summary>Overwrites the root of the timestamps' index: opening sees nothing, the first insertion does.</summary>
    private static void Damage(string path)
    {
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        long page;
        using (db)
        {
            Assert.True(db.TryPrepare("SELECT rootpage FROM sqlite_schema WHERE name = 'idx_events_timestamp'"u8, out SqliteStatement? root, out _));
            using (root)
            {
                Assert.Equal(SqliteCode.Row, root.Step());
                page = root.ColumnInt64(0);
            }
        }

        byte[] noise = new byte[8192];
        new Random(5).NextBytes(noise);
        using FileStream file = new(path, FileMode.Open, FileAccess.Write);
        file.Position = (page - 1) * 8192;
        file.Write(noise);
    }

    [Fact]
    [Rule("EVT-042", "EVT-266", "EVT-267", "EVT-260", "EVT-261", "EVT-207")]
    public void Shard_FoundDamagedAtRunTime_IsReplacedReportedElsewhereAndItsLossIsCounted()
    {
        Daemon daemon = _f.Start();
        for (int i = 0; i < 200; i++)
        {
            _f.Rings[0].Emit("before", new byte[300]);
        }

        EventdFixture.Until(() => Count("event_type = 'before'") == 200, "the first events");
        _f.Stop(daemon); // closes the last connection: everything is in the file
        Damage(Shard(0));
        daemon = _f.Start();
        using UnixSocket stream = _f.Connect();
        EventdFixture.Send(stream, "EVENTS WHERE cpu_id == 1 OR event_type == after STREAM SELECT event_type");
        _f.Rings[1].Emit("ready", [1]);
        Assert.Equal("ready", Shown(stream)); // from here on it follows
        int after = 0;
        EventdFixture.Until(
            () =>
            {
                _f.Rings[0].Emit("after", new byte[300]);
                after++;
                return File.Exists(Shard(2)) && Count("event_type = 'after'", Shard(2)) > 3;
            },
            "a new file");
        EventdFixture.Until(() => Count("event_type = 'synthetic.storage_error'", Shard(1)) == 1, "the report in the healthy shard");
        Assert.Equal("after", Shown(stream)); // the stream goes on in the new file
        _f.Stop(daemon);
        ulong covered = 0;
        foreach (string row in _f.Rows("SELECT payload FROM events WHERE event_type = 'synthetic.gap'", Shard(2)))
        {
            Assert.True(GapTracker.Gap.TryRead(Convert.FromHexString(row), out SequenceRange missing));
            covered += missing.Last - missing.First + 1;
            Assert.True(missing.First > 200);
        }

        List<string> stored = _f.Rows("SELECT DISTINCT sequence FROM events WHERE sequence IS NOT NULL", Shard(2));
        Assert.Equal((ulong)after, covered + (ulong)stored.Count); // each once
    }

    /// <summary>Type of the next record of a stream.</summary>
    private static string Shown(UnixSocket stream)
    {
        List<object?> records = (List<object?>)EventdFixture.Receive(stream)!["records"]!;
        return (string)((Dictionary<string, object?>)records[0]!)["event_type"]!;
    }

    [Fact]
    [Rule("EVT-084", "EVT-270")]
    public void RetentionHoldingTheGate_DelaysTheWriterAndLosesNothing()
    {
        Daemon daemon = _f.Start();
        int emitted = 0;
        lock (daemon.Writers[0].Gate)
        {
            // The writer may hold one block before it meets the gate: emit until another has to wait.
            bool BlocksWait()
            {
                _f.Rings[0].Emit("e", [1]);
                emitted++;
                return daemon.Writers[0].Queue.Entries > 0;
            }

            EventdFixture.Until(BlocksWait, "blocks wait");
            Assert.Equal(0, Count("event_type = 'e'"));
        }

        EventdFixture.Until(() => Count("event_type = 'e'") == emitted, "all of them");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-018", "EVT-019", "EVT-259")]
    public void WriterStalled_RingAbsorbsThenOverruns_AndTheGapIsExact()
    {
        _f.Settings = _f.Settings with { MaxBatchSize = 100 };
        Daemon daemon = _f.Start();
        EventdFixture.Until(() => Count("event_type = 'synthetic.startup'") == 1, "the start");
        Monitor.Enter(daemon.Writers[0].Gate);
        try
        {
            for (int i = 0; i < 9000; i++)
            {
                _f.Rings[0].Emit("e", new byte[1000]); // 9 MB into a ring of 4
            }

            EventdFixture.Until(() => daemon.Writers[0].Queue.Entries >= 50, "a full queue");
            Assert.True(daemon.Writers[0].Queue.Entries <= 150); // the queue is bounded; the ring is the buffer
        }
        finally
        {
            Monitor.Exit(daemon.Writers[0].Gate);
        }

        EventdFixture.Until(() => Count("sequence = 9000 AND cpu_id = 0") == 1, "the last event");
        ulong covered = (ulong)Count("cpu_id = 0 AND sequence IS NOT NULL");
        foreach (string row in _f.Rows("SELECT payload FROM events WHERE event_type = 'synthetic.gap'"))
        {
            Assert.True(GapTracker.Gap.TryRead(Convert.FromHexString(row), out SequenceRange missing));
            covered += missing.Last - missing.First + 1;
        }

        Assert.Equal(9000UL, covered);
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-016", "EVT-020", "EVT-054", "EVT-201")]
    public void Queries_ReadEveryDatabase_WhateverItsNumber()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("a", [1]);
        _f.Rings[1].Emit("b", [1]);
        EventdFixture.Until(() => Count("sequence = 1") == 2, "two events");
        _f.Stop(daemon);
        File.Move(Shard(1), Path.Combine(_f.Settings.EventStorePath, "archive.db"));
        File.WriteAllText(Path.Combine(_f.Settings.EventStorePath, "note.txt"), "not a database");
        File.WriteAllText(Path.Combine(_f.Settings.EventStorePath, "noise.db"), new string('x', 4096));
        daemon = _f.Start();
        Assert.Single(_f.Query("EVENTS b"));
        Assert.Single(_f.Query("EVENTS WHERE cpu_id == 1 AND sequence == 1"));
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-251", "EVT-252", "EVT-049")]
    public void Start_WithoutAPlaceForTheStore_FailsAndSaysWhere()
    {
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_f.Settings.LogStorePath)!, "file"), "");
        string bad = Path.Combine(Path.GetDirectoryName(_f.Settings.LogStorePath)!, "file", "below");
        Settings good = _f.Settings;
        foreach (Settings settings in (Settings[])[good with { EventStorePath = bad }, good with { LogStorePath = bad }, good with { QuerySocketPath = bad }, good with { LogSocketPath = bad }])
        {
            Assert.Contains(bad, _f.Refusal(settings), StringComparison.Ordinal);
        }
    }
}
