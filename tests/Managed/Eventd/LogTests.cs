// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Eventd;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class LogTests : IDisposable
{
    private readonly EventdFixture _f = new();

    public void Dispose() => _f.Dispose();

    private static ReadOnlySpan<byte> Record(ref MsgPackWriter w, string origin, bool error, string message, ulong time = 0)
    {
        w.Map(time == 0 ? 4 : 5);
        w.String("origin"u8);
        w.String(origin);
        w.String("is_error"u8);
        w.Boolean(error);
        w.String("job_id"u8); // unknown: ignored
        w.Nil();
        w.String("message"u8);
        w.String(message);
        if (time != 0)
        {
            w.String("timestamp"u8);
            w.UInt64(time);
        }

        return w.Written;
    }

    private List<string> Rows() => _f.Rows("SELECT timestamp,origin,is_error,message FROM logs ORDER BY id", _f.Settings.LogStorePath);

    [Fact]
    [Rule("EVT-091", "EVT-096", "EVT-107")]
    public void Datagram_MapAndArray_AreStored()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter one = new(new byte[200]);
        _f.Log(Record(ref one, "redis", true, "kaputt ❌", 77));
        MsgPackWriter two = new(new byte[400]);
        two.Array(2);
        Record(ref two, "nginx", false, "a", 1);
        _f.Log(Record(ref two, "nginx", false, "b", 2));
        EventdFixture.Until(() => Rows().Count == 3, "three records");
        Assert.Equal(["77|redis|1|kaputt ❌", "1|nginx|0|a", "2|nginx|0|b"], Rows());
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-091")]
    public void Record_FromTheFuture_IsOfNow()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[400]);
        w.Array(3);
        Record(ref w, "liar", false, "a", long.MaxValue);
        Record(ref w, "liar", false, "b", ulong.MaxValue);
        _f.Log(Record(ref w, "liar", false, "c", Clock.Realtime + 86_400_000_000_000));
        EventdFixture.Until(() => Rows().Count == 3, "three records");
        Assert.Equal(["0"], _f.Rows($"SELECT count(*) FROM logs WHERE timestamp > {Clock.Realtime}", _f.Settings.LogStorePath));
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-097", "EVT-098", "EVT-099", "EVT-100")]
    public void Datagram_Bad_IsDroppedAndItsNeighboursStay()
    {
        Daemon daemon = _f.Start();
        _f.Log([0xc1]);
        _f.Log([0xdd, 0xff, 0xff, 0xff, 0xff]);
        _f.Log([0x81]);
        _f.Log([0x01]);
        _f.Log([0x80]); // a map without keys
        byte[] random = new byte[300];
        for (int i = 0; i < 200; i++)
        {
            new Random(i).NextBytes(random);
            _f.Log(random);
        }

        MsgPackWriter w = new(new byte[600]);
        w.Array(4);
        Record(ref w, "a", false, "good one", 1);
        w.Map(1);
        w.String("origin"u8);
        w.Int64(5); // wrong type
        w.Nil(); // no map
        Record(ref w, "a", false, "good two", 2);
        _f.Log(w.Written);
        EventdFixture.Until(() => Rows().Count == 2, "the good ones");
        Assert.Equal(["1|a|0|good one", "2|a|0|good two"], Rows());
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-097")]
    public void Datagram_WithTextThatIsNotUtf8_IsDropped()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[200]);
        w.Map(3);
        w.String("origin"u8);
        w.String("x"u8);
        w.String("is_error"u8);
        w.Boolean(false);
        w.String("message"u8);
        w.String([0xff, 0xfe]);
        _f.Log(w.Written);
        MsgPackWriter good = new(new byte[200]);
        _f.Log(Record(ref good, "x", false, "ok", 9));
        EventdFixture.Until(() => Rows().Count == 1, "the good one");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-106", "EVT-107", "EVT-108", "EVT-109")]
    public void Store_Created_HasTheSheetsSchema()
    {
        _f.Settings = _f.Settings with { LogStorePath = Path.Combine(Path.GetDirectoryName(_f.Settings.LogStorePath)!, "new", "folder", "logs.db") };
        _f.Stop(_f.Start());
        Assert.Equal(["wal"], _f.Rows("PRAGMA journal_mode", _f.Settings.LogStorePath));
        Assert.Equal(
            ["idx_logs_origin", "idx_logs_timestamp"],
            _f.Rows("SELECT name FROM sqlite_schema WHERE type='index' AND tbl_name='logs' ORDER BY name", _f.Settings.LogStorePath));
        Assert.Equal(["1"], _f.Rows("SELECT value FROM metadata WHERE key='schema_version'", _f.Settings.LogStorePath));
        Assert.Equal(
            ["id|INTEGER|0", "boot_id|BLOB|1", "timestamp|INTEGER|1", "origin|TEXT|1", "is_error|INTEGER|1", "message|TEXT|1"],
            _f.Rows("SELECT name, type, \"notnull\" FROM pragma_table_info('logs')", _f.Settings.LogStorePath));
    }

    [Fact]
    [Rule("EVT-086", "EVT-091", "EVT-092", "EVT-103")]
    public void Record_WithoutATime_GetsThatOfReceipt_AndEveryRecordItsBoot()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[200]);
        ulong before = Peios.Interop.Clock.Realtime;
        _f.Log(Record(ref w, "x", false, "<3> not a severity"));
        EventdFixture.Until(() => Rows().Count == 1, "the record");
        string[] row = Rows()[0].Split('|');
        Assert.InRange(ulong.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture), before, Peios.Interop.Clock.Realtime);
        Assert.Equal("<3> not a severity", row[3]);
        Assert.Equal([Convert.ToHexString(_f.Boot.ToByteArray())], _f.Rows("SELECT boot_id FROM logs", _f.Settings.LogStorePath));
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-095", "EVT-094")]
    public void Datagram_AsLargeAsASocketTakes_IsStoredWhole()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[250_000]);
        w.Array(1900);
        for (int i = 0; i < 1900; i++)
        {
            Record(ref w, "many", false, $"line {i} {new string('x', 40)}", (ulong)i + 1);
        }

        Assert.InRange(w.Length, 180_000, 212_000);
        _f.Log(w.Written);
        EventdFixture.Until(() => Rows().Count == 1900, "all of them");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-105")]
    public void Batch_NeverHoldsMoreThanItsLimit_HoweverLargeADatagramIs()
    {
        _f.Settings = _f.Settings with { LogMaxBatchSize = 100 };
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[50_000]);
        w.Array(450);
        for (int i = 0; i < 450; i++)
        {
            Record(ref w, "many", false, "x", 5);
        }

        _f.Log(w.Written);
        EventdFixture.Until(() => Rows().Count == 450, "all of them");
        Assert.Equal(100, daemon.Logs.LargestBatch);
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-101", "EVT-102")]
    public void Writer_Stalled_SendersAreToldAtOnceAndNeverHeldUp()
    {
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[100_000]);
        Record(ref w, "x", false, new string('y', 90_000), 5);
        Assert.True(Peios.Ipc.UnixSocket.ConnectDatagram(_f.Settings.LogSocketPath).TryGet(out Peios.Ipc.UnixSocket? socket));
        using (socket)
        {
            lock (daemon.Logs.Gate)
            {
                int sent = 0;
                Peios.Interop.Result<int> result;
                while ((result = socket.Send(w.Written)).Ok)
                {
                    sent++;
                }

                Assert.Equal(Peios.Interop.Errno.EAGAIN, result.Error);
                Assert.InRange(sent, 1, 1000); // the queue is short: eventd did not enlarge it
            }
        }

        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-003", "EVT-104")]
    public void EventWriter_Stalled_LogsAreStoredAllTheSame()
    {
        Daemon daemon = _f.Start();
        lock (daemon.Writers[0].Gate)
        {
            _f.Rings[0].Emit("e", [1]);
            MsgPackWriter w = new(new byte[200]);
            _f.Log(Record(ref w, "x", false, "ok", 9));
            EventdFixture.Until(() => Rows().Count == 1, "the record");
        }

        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-042", "EVT-265")]
    public void Store_ThatFails_LosesItsBatches_ReportsOnce_AndGoesOn()
    {
        Daemon daemon = _f.Start();
        using (Locked())
        {
            for (int i = 0; i < 3; i++)
            {
                MsgPackWriter w = new(new byte[200]);
                _f.Log(Record(ref w, "x", false, $"lost {i}", 9));
                EventdFixture.Until(() => _f.Query("EVENTS synthetic.storage_error").Count == 1, "the report");
            }
        }

        EventdFixture.Until(
            () =>
            {
                MsgPackWriter w = new(new byte[200]);
                _f.Log(Record(ref w, "x", false, "kept", 9));
                return Rows().Exists(static row => row.EndsWith("kept", StringComparison.Ordinal));
            },
            "a record stored again");
        Dictionary<string, object?> report = Assert.Single(_f.Query("EVENTS synthetic.storage_error"));
        Assert.Equal("log", report["store"]);
        Assert.Null(report["shard"]);
        _f.Stop(daemon);
    }

    /// <summary>Another connection that holds the write lock: the store answers "busy" until it is closed.</summary>
    private SqliteDatabase Locked()
    {
        Assert.True(SqliteDatabase.TryOpen(_f.Settings.LogStorePath, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out _));
        EventdFixture.Until(() => db.Execute("BEGIN IMMEDIATE"u8) == SqliteCode.Ok, "the lock");
        return db;
    }

    [Fact]
    [Rule("EVT-254")]
    public void Stop_StoresWhatIsInTheSocket()
    {
        Daemon daemon = _f.Start();
        for (int i = 0; i < 10; i++)
        {
            MsgPackWriter w = new(new byte[200]);
            _f.Log(Record(ref w, "x", false, $"line {i}", 5));
        }

        _f.Stop(daemon);
        Assert.Equal(10, Rows().Count);
    }

    [Fact]
    [Rule("EVT-267")]
    public void DamagedStore_IsSetAside()
    {
        File.WriteAllText(_f.Settings.LogStorePath, new string('x', 5000));
        Daemon daemon = _f.Start();
        MsgPackWriter w = new(new byte[200]);
        _f.Log(Record(ref w, "x", false, "ok", 9));
        EventdFixture.Until(() => Rows().Count == 1, "a record");
        Assert.True(File.Exists(_f.Settings.LogStorePath + ".damaged"));
        _f.Stop(daemon);
    }
}
