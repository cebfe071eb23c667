// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Eventd;
using Eventd.Retention;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class RetentionTests : IDisposable
{
    private readonly EventdFixture _f = new(capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    private List<string> Types() => _f.Rows("SELECT event_type FROM events WHERE sequence IS NOT NULL ORDER BY id");

    private RetentionThread Retention(bool written = false) => new(
        new LiveSettings(_f.Settings),
        _f.Boot,
        () => [.. Array.ConvertAll(
            Directory.GetFiles(_f.Settings.EventStorePath, "*.db"),
            path => new RetentionTarget(path, "events", Written: written, new object(), static () => false))],
        new RetentionTarget(_f.Settings.LogStorePath, "logs", Written: written, new object(), static () => false));

    [Fact]
    [Rule("EVT-078", "EVT-079", "EVT-080", "EVT-083", "EVT-085")]
    public void Pass_DeletesWhatIsOlderThanTheLimit()
    {
        Daemon daemon = _f.Start();
        ulong now = Clock.Realtime;
        const ulong Day = 86_400_000_000_000;
        for (int i = 0; i < 2500; i++)
        {
            _f.Rings[0].Emit("old", [1], now - (31 * Day));
        }

        _f.Rings[0].Emit("young", [1], now - (29 * Day));
        EventdFixture.Until(() => Types().Count == 2501, "all events");
        _f.Stop(daemon);
        string file = Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
        long size = new FileInfo(file).Length;
        Retention().Pass();
        Assert.Equal(["young"], Types());
        Assert.True(new FileInfo(file).Length >= size); // freed pages stay for the next rows
    }

    [Fact]
    [Rule("EVT-082")]
    public void Pass_OverTheSize_DeletesTheOldestUntilUsedPagesFit()
    {
        _f.Settings = _f.Settings with { EventRetentionMaxBytes = 200_000, EventRetentionDays = 3650 };
        Daemon daemon = _f.Start();
        ulong now = Clock.Realtime;
        for (int i = 0; i < 6000; i++)
        {
            _f.Rings[0].Emit(i < 3000 ? "a" : "b", new byte[100], now + (ulong)i);
        }

        EventdFixture.Until(() => Types().Count == 6000, "all events");
        _f.Stop(daemon);
        Retention().Pass();
        List<string> left = Types();
        Assert.NotEmpty(left);
        Assert.DoesNotContain("a", left);
    }

    [Fact]
    [Rule("EVT-081", "EVT-111")]
    public void Pass_OverTheSize_TakesEarlierBootsFirst_WhateverTheirClocksSaid()
    {
        _f.Settings = _f.Settings with { EventRetentionMaxBytes = 500_000, LogRetentionMaxBytes = 250_000, EventRetentionDays = 3650, LogRetentionDays = 3650 };
        ulong now = Clock.Realtime;
        Guid present = _f.Boot;
        foreach ((Guid boot, ulong time) in new[] { (Guid.NewGuid(), now + 1_000_000_000_000), (present, now) })
        {
            _f.Boot = boot;
            Daemon daemon = _f.Start();
            for (int i = 0; i < 2000; i++)
            {
                _f.Rings[0].Emit("e", new byte[100], time + (ulong)i);
            }

            _f.Log(Lines("x", 2000, time));
            EventdFixture.Until(() => daemon.StoredEvents > 2000 && daemon.Logs.Stored == 2000, "all rows");
            _f.Stop(daemon);
        }

        Retention(written: true).Pass();
        foreach (List<string> left in (List<string>[])[_f.Rows("SELECT boot_id FROM events"), _f.Rows("SELECT boot_id FROM logs", _f.Settings.LogStorePath)])
        {
            Assert.InRange(left.Count, 100, 2001);
            Assert.All(left, boot => Assert.Equal(Convert.ToHexString(present.ToByteArray()), boot));
        }
    }

    private static byte[] Lines(string origin, int count, ulong time)
    {
        MsgPackWriter w = new(new byte[200_000]);
        w.Array(count);
        for (int i = 0; i < count; i++)
        {
            w.Map(4);
            w.String("origin"u8);
            w.String(origin);
            w.String("is_error"u8);
            w.Boolean(false);
            w.String("message"u8);
            w.String("0123456789012345678901234567890"u8);
            w.String("timestamp"u8);
            w.UInt64(time + (ulong)i);
        }

        return w.Written.ToArray();
    }

    [Fact]
    [Rule("EVT-080", "EVT-111")]
    public void Pass_OnStoresInUse_LeavesTheNewestRow_SoThatRowIdsOnlyGrow()
    {
        Daemon daemon = _f.Start();
        _f.Log(Lines("x", 2, 5));
        for (int i = 0; i < 20; i++)
        {
            _f.Rings[0].Emit("old", [1], 5);
        }

        EventdFixture.Until(() => Types().Count == 20 && LogIds().Count == 2, "all rows");
        _f.Stop(daemon);
        string newest = _f.Rows("SELECT max(id) FROM events")[0];
        foreach (string table in (string[])["events", "logs"])
        {
            string path = table == "logs" ? _f.Settings.LogStorePath : Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
            Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
            using (db)
            {
                Assert.Equal(SqliteCode.Ok, db.Execute(System.Text.Encoding.UTF8.GetBytes($"UPDATE {table} SET timestamp = 5")));
            }
        }

        Retention(written: true).Pass();
        Assert.Equal([newest], _f.Rows("SELECT id FROM events"));
        Assert.Equal(["2"], LogIds());
        Retention(written: false).Pass(); // as files of earlier shard counts: nothing stays
        Assert.Empty(_f.Rows("SELECT id FROM events"));
        Assert.Empty(LogIds());
    }

    private List<string> LogIds() => _f.Rows("SELECT id FROM logs ORDER BY id", _f.Settings.LogStorePath);
}
