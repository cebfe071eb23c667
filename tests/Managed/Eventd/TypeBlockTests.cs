// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Eventd;
using Eventd.Query;
using Eventd.Store;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>Rare types are found by looking at few rows, and never fewer than there are.</summary>
public sealed class TypeBlockTests : IDisposable
{
    private readonly EventdFixture _f = new(capacity: 16 << 20);
    private ulong _time = 1000;

    public void Dispose() => _f.Dispose();

    private string Shard => Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");

    private void Emit(Daemon daemon, int count, Func<int, string> type)
    {
        ulong before = daemon.StoredEvents;
        for (int i = 0; i < count; i++)
        {
            _f.Rings[0].Emit(type(i), [0x80], timestamp: ++_time);
        }

        EventdFixture.Until(() => daemon.StoredEvents >= before + (ulong)count, "the events");
    }

    private static string Mixed(int i) => i % 3001 == 1500 ? "Rare.Type" : $"type.{i % 100}";

    private (int Ranges, List<long> Sequences) Read(string query)
    {
        QueryPlan plan = QueryParser.Parse(query, 0, out _)!;
        Assert.True(RowCursor.TryOpen(Shard, logs: false, long.MaxValue, out RowCursor? cursor));
        using (cursor)
        {
            Assert.Equal(SqliteCode.Ok, cursor.Begin(plan, later: false, limit: true));
            List<long> found = [];
            while (cursor.Next() == SqliteCode.Row)
            {
                found.Add(cursor.Row.ColumnInt64(3));
            }

            return (cursor.Ranges, found);
        }
    }

    private List<long> Truth(string type) =>
        [.. _f.Rows($"SELECT sequence FROM events WHERE event_type = '{type}' COLLATE NOCASE ORDER BY timestamp DESC").Select(long.Parse)];

    [Fact]
    [Rule("EVT-155", "EVT-165", "EVT-201")]
    public void RareType_IsFoundInFewRanges_WhateverItsCase_NewestFirst()
    {
        Daemon daemon = _f.Start();
        Emit(daemon, 30_000, Mixed);
        _f.Stop(daemon);
        List<long> truth = Truth("rare.type");
        Assert.Equal(10, truth.Count);
        (int ranges, List<long> found) = Read("EVENTS RARE.type");
        Assert.Equal(truth, found);
        Assert.InRange(ranges, 2, 30); // of 118 blocks
        Assert.Equal(truth[2..5], Read("EVENTS rare.type SKIP 0 TAKE 5").Sequences[2..]);
        Assert.Equal(truth.Take(3), Read("EVENTS rare.type TAKE 3").Sequences);
        Assert.Equal((0, 200), (Read("EVENTS type.7").Ranges, Read("EVENTS type.7 TAKE 200").Sequences.Count)); // in every block
        Assert.Empty(Read("EVENTS type.none").Sequences);
    }

    [Fact]
    [Rule("EVT-201")]
    public void RowsWithoutAFilter_AreLookedAt_AfterRestartsAndKills()
    {
        for (int round = 0; round < 5; round++)
        {
            Daemon daemon = _f.Start();
            Emit(daemon, 3100, Mixed);
            if (round % 2 == 0)
            {
                _f.Kill(daemon);
            }
            else
            {
                _f.Stop(daemon);
            }
        }

        Assert.Equal(5, Truth("rare.type").Count);
        Assert.Equal(Truth("rare.type"), Read("EVENTS rare.type").Sequences);
        Assert.Equal(Truth("type.42"), Read("EVENTS type.42").Sequences);
    }

    [Fact]
    [Rule("EVT-201")]
    public void Retention_TakesTheFiltersOfDeletedRows_AndNoOthers()
    {
        _f.Settings = _f.Settings with { EventRetentionMaxBytes = 1_500_000, EventRetentionDays = 3650 };
        Daemon daemon = _f.Start();
        _time = Peios.Interop.Clock.Realtime;
        Emit(daemon, 20_000, Mixed);
        new global::Eventd.Retention.RetentionThread(
            daemon.Settings, _f.Boot, () => [new(Shard, "events", Written: true, daemon.Writers[0].Gate, static () => false)],
            new(_f.Settings.LogStorePath, "logs", Written: true, daemon.Logs.Gate, static () => false)).Pass();
        long oldest = long.Parse(_f.Rows("SELECT min(id) FROM events")[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(oldest > 5000);
        Assert.Equal(["0"], _f.Rows($"SELECT count(*) FROM type_blocks WHERE last_id < {oldest}"));
        Emit(daemon, 5000, Mixed);
        _f.Stop(daemon);
        Assert.Equal(Truth("rare.type"), Read("EVENTS rare.type").Sequences);
    }

    [Fact]
    public void RolledBackRows_GetNoFilter()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("blocks").FullName, "x.db");
        Assert.True(StoreFile.TryOpen(path, durable: true, EventTable.Schema, EventTable.Required, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.True(EventTable.TryOpen(db, new byte[16], out EventTable? table));
            using (table)
            {
                foreach ((string type, string end) in new[] { ("first", "ROLLBACK"), ("second", "COMMIT"), ("third", "COMMIT") })
                {
                    Assert.Equal(SqliteCode.Ok, db.Execute("BEGIN IMMEDIATE"u8));
                    for (int i = 0; i < 200; i++)
                    {
                        Assert.Equal(SqliteCode.Ok, table.InsertSynthetic(new(1, 0, Encoding.ASCII.GetBytes(type), [0xc0])));
                    }

                    Assert.Equal(SqliteCode.Ok, db.Execute(Encoding.ASCII.GetBytes(end)));
                    if (end == "ROLLBACK")
                    {
                        table.RolledBack();
                    }
                }
            }

            // What the filters cover holds second and third alone.
            long uncovered = (400 / TypeBlocks.Rows * TypeBlocks.Rows) + 1;
            Assert.Equal([(uncovered, long.MaxValue)], TypeBlocks.Find(db, "first"u8)!);
        }
    }
}
