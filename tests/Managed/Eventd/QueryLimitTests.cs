// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Eventd;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Eventd;

/// <summary>What one client can cost.</summary>
public sealed class QueryLimitTests : IDisposable
{
    private readonly EventdFixture _f = new(capacity: 4 << 20);

    public void Dispose() => _f.Dispose();

    private static string Error(Dictionary<string, object?> message) => (string)message["error"]!;

    [Fact]
    [Rule("EVT-205")]
    public void Query_BeyondItsTime_IsCancelledWithAnError()
    {
        _f.Settings = _f.Settings with { QueryTimeoutMs = 1 }; // below what the registry may say: the test need not wait
        Daemon daemon = _f.Start();
        Fill(_f.Settings.EventStorePath);
        Assert.Equal("the query took too long", Error(_f.Query("EVENTS *x*y*z*")[^1]));
        _f.Stop(daemon);
    }

    /// <summary>A client that has stopped reading holds a connection open; it can only read, and the writer goes on.</summary>
    [Fact]
    [Rule("EVT-055")]
    public void Query_HeldOpen_ReadsOnly_AndDoesNotBlockTheWriter()
    {
        Daemon daemon = _f.Start();
        for (int i = 0; i < 8000; i++)
        {
            _f.Rings[0].Emit("old", [0xc4, 100, .. new byte[100]]);
        }

        EventdFixture.Until(() => _f.Query("EVENTS old SORT timestamp DESC TAKE 8000").Count == 8000, "the old events");
        using (UnixSocket held = _f.Connect())
        {
            EventdFixture.Send(held, "EVENTS old");
            EventdFixture.Receive(held);
            EventdFixture.Until(() => Openings(0).Length == 1, "a connection that only reads");
            _f.Rings[0].Emit("new", [0x80]);
            EventdFixture.Until(() => _f.Query("EVENTS new").Count == 1, "the new event");
            Assert.NotEmpty(Openings(0));
            EventdFixture.Until(() => Openings(2).Length == 1, "the writer's connection alone to write");
        }

        _f.Stop(daemon);
    }

    /// <summary>Descriptors of this process on the first shard that were opened with an access mode of open(2).</summary>
    private string[] Openings(int mode)
    {
        string shard = Path.Combine(_f.Settings.EventStorePath, "shard-0000.db");
        return [.. Directory.GetFiles("/proc/self/fd").Where(fd => IsOpening(fd, shard, mode))];
    }

    private static bool IsOpening(string fd, string path, int mode)
    {
        try
        {
            return new FileInfo(fd).LinkTarget == path &&
                File.ReadLines(fd.Replace("/fd/", "/fdinfo/", StringComparison.Ordinal)).Any(line =>
                    line.StartsWith("flags:", StringComparison.Ordinal) && (Convert.ToInt32(line[6..].Trim(), 8) & 3) == mode);
        }
        catch (IOException)
        {
            return false; // closed meanwhile
        }
    }

    [Fact]
    [Rule("EVT-210")]
    public void Streams_OverTheLimit_AreRefused_AndOtherQueriesAreNot()
    {
        _f.Settings = _f.Settings with { MaxStreamingQueries = 1 };
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("a", [0x80]);
        EventdFixture.Until(() => _f.Query("EVENTS a").Count == 1, "an event");
        using (UnixSocket first = _f.Connect())
        {
            EventdFixture.Send(first, "EVENTS a STREAM");
            Assert.Equal("ok", EventdFixture.Receive(first)!["status"]);
            Assert.Equal("too many streaming queries", Error(Assert.Single(_f.Query("EVENTS STREAM"))));
            Assert.Single(_f.Query("EVENTS a"));
        }

        // The place is free again as soon as the first client is gone, without any commit.
        EventdFixture.Until(
            () =>
            {
                using UnixSocket second = _f.Connect();
                EventdFixture.Send(second, "EVENTS a STREAM");
                return (string)EventdFixture.Receive(second)!["status"]! == "ok";
            },
            "a free place");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-211")]
    public void Stream_OfAClientThatDoesNotRead_IsEnded()
    {
        Daemon daemon = _f.Start();
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS big STREAM");
        EventdFixture.Until(() => daemon.StoredEvents > 0, "the start");
        ulong emitted = 0;
        EventdFixture.Until(
            () =>
            {
                _f.Rings[0].Emit("big", new byte[100_000]);
                emitted++;
                return emitted > 40 && Polling.Wait(socket.Fd, 0, 0).TryGet(out short bits) && (bits & 0x10) != 0; // POLLHUP
            },
            "the end of the stream");
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-254")]
    public void Stop_EndsStreamsWithAnError()
    {
        Daemon daemon = _f.Start();
        _f.Rings[0].Emit("a", [0x80]);
        EventdFixture.Until(() => _f.Query("EVENTS a").Count == 1, "an event");
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS a STREAM");
        Assert.Equal("ok", EventdFixture.Receive(socket)!["status"]);
        _f.Stop(daemon);
        Dictionary<string, object?>? message;
        while ((string)(message = EventdFixture.Receive(socket)!)["status"]! == "ok")
        {
        }

        Assert.Equal("eventd is stopping", Error(message));
    }

    [Fact]
    [Rule("EVT-215", "EVT-217", "EVT-218", "EVT-221")]
    public void Connection_CarriesOneQuery_FramedAsTheSheetSays()
    {
        Daemon daemon = _f.Start();
        using UnixSocket socket = _f.Connect();
        byte[] query = [0x82, 0xa5, .. "other"u8, 0x90, 0xa5, .. "query"u8, 0xa4, .. "LOGS"u8];
        byte[] request = [.. BitConverter.GetBytes(query.Length), .. query];
        foreach (byte b in request)
        {
            socket.Send([b]); // however it is cut
        }

        Dictionary<string, object?> end = EventdFixture.Receive(socket)!;
        Assert.Equal("end", end["status"]);
        Assert.Single(end);
        Assert.Null(EventdFixture.Receive(socket)); // closed
        _f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-208")]
    public void Stream_SeesTwoCommitsThatComeWhileItReads()
    {
        Daemon daemon = _f.Start();
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS n STREAM SELECT sequence");
        EventdFixture.Until(() => daemon.StoredEvents > 0, "the start");
        HashSet<long> seen = [];
        for (int i = 0; i < 300; i++)
        {
            _f.Rings[0].Emit("n", [0x80]);
        }

        while (seen.Count < 300)
        {
            foreach (object? record in (List<object?>)EventdFixture.Receive(socket)!["records"]!)
            {
                Assert.True(seen.Add((long)((Dictionary<string, object?>)record!)["sequence"]!)); // none twice
            }
        }

        _f.Stop(daemon);
    }

    [Theory]
    [Rule("EVT-146", "EVT-148", "EVT-159", "EVT-164", "EVT-174", "EVT-175", "EVT-176", "EVT-202")]
    [InlineData("LOGS FROM redis", "r2,r1")]
    [InlineData("LOGS FROM \"REDIS\", nginx", "n1,r2,r1")]
    [InlineData("logs error only", "r2")]
    [InlineData("LOGS TAKE 1 ERROR ONLY FROM redis", "r2")]
    [InlineData("LOGS WHERE is_error == true", "r2")]
    [InlineData("LOGS WHERE is_error == 0 FROM redis", "r1")]
    [InlineData("LOGS CONTAINING \"N\"", "n1")]
    [InlineData("LOGS WHERE origin == \"Redis\" AND message != \"R2\"", "r1")]
    [InlineData("LOGS WHERE message NOT_IN (\"r1\", \"n1\")", "r2")]
    [InlineData("LOGS WHERE timestamp > 1 SORT message", "n1,r2")]
    [InlineData("LOGS SORT is_error DESC, message DESC SKIP 1 TAKE 1", "r1")]
    public void Logs_Query_YieldsTheRowsInOrder(string query, string expected)
    {
        Daemon daemon = _f.Start();
        Log("redis", false, "r1", 1);
        Log("redis", true, "r2", 2);
        Log("nginx", false, "n1", 3);
        EventdFixture.Until(() => _f.Query("LOGS").Count == 3, "three records");
        Assert.Equal(expected, string.Join(',', _f.Query(query).Select(static r => r.TryGetValue("error", out object? e) ? e : r["message"])));
        _f.Stop(daemon);
    }

    private void Log(string origin, bool error, string message, byte time) => _f.Log(
    [
        0x84, 0xa6, .. "origin"u8, (byte)(0xa0 | origin.Length), .. Encoding.ASCII.GetBytes(origin), 0xa8, .. "is_error"u8, error ? (byte)0xc3 : (byte)0xc2,
        0xa7, .. "message"u8, (byte)(0xa0 | message.Length), .. Encoding.ASCII.GetBytes(message), 0xa9, .. "timestamp"u8, time,
    ]);

    /// <summary>A database of many rows beside the active ones.</summary>
    private static void Fill(string folder)
    {
        string path = Path.Combine(folder, "many.db");
        Assert.True(SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _));
        using (db)
        {
            Assert.Equal(SqliteCode.Ok, db.Execute(global::Eventd.Store.EventTable.Schema));
            Assert.Equal(SqliteCode.Ok, db.Execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 200000) INSERT INTO events(boot_id,timestamp,event_type) SELECT x'00',i,'some type of event' FROM n"u8));
        }
    }
}
