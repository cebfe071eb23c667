// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Eventd;
using Eventd.Query;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class QueryTests : IDisposable
{
    private readonly EventdFixture _f = new(cpus: 2);
    private readonly Daemon _daemon;

    public QueryTests()
    {
        _daemon = _f.Start();
        for (int i = 0; i < 10; i++)
        {
            _f.Rings[i % 2].Emit(i < 5 ? "app.start" : "app.stop", [0x82, 0xa1, (byte)'n', (byte)i, 0xa6, .. "cpu_id"u8, 99], timestamp: (ulong)(1000 + i));
        }

        EventdFixture.Until(() => _f.Query("EVENTS app.*").Count == 10, "ten events");
    }

    public void Dispose()
    {
        _f.Stop(_daemon);
        _f.Dispose();
    }

    private string Numbers(string query) => string.Join(',', _f.Query(query).Select(static r => r.TryGetValue("error", out object? e) ? e : r["n"]));

    [Theory]
    [Rule("EVT-150", "EVT-152", "EVT-154", "EVT-155", "EVT-156", "EVT-157", "EVT-158", "EVT-163", "EVT-165", "EVT-166", "EVT-167", "EVT-199", "EVT-201")]
    [InlineData("EVENTS app.*", "9,8,7,6,5,4,3,2,1,0")]
    [InlineData("events APP.START", "4,3,2,1,0")]
    [InlineData("EVENTS *.stop TAKE 2", "9,8")]
    [InlineData("EVENTS app.* TAKE 2 SKIP 3", "6,5")]
    [InlineData("EVENTS a*p.*t SORT timestamp TAKE 3", "0,1,2")]
    [InlineData("EVENTS app.* SORT cpu_id DESC, timestamp", "1,3,5,7,9,0,2,4,6,8")]
    [InlineData("EVENTS app.* WHERE timestamp >= 1003 AND timestamp < 1005", "4,3")]
    [InlineData("EVENTS app.* WHERE cpu_id == 1 WHERE event_type == \"APP.stop\"", "9,7,5")]
    [InlineData("EVENTS app.* WHERE sequence == 1 OR sequence == 5 AND cpu_id == 0", "8,1,0")]
    [InlineData("EVENTS app.* WHERE (sequence == 1 OR sequence == 5) AND cpu_id == 0", "8,0")]
    [InlineData("EVENTS app.* WHERE sequence IN (1, 0x2) TAKE 2", "3,2")]
    [InlineData("EVENTS WHERE event_type STARTS_WITH \"app.sta\" TAKE 1", "4")]
    [InlineData("EVENTS WHERE event_type ENDS_WITH stop AND origin_class == userspace TAKE 1", "9")]
    [InlineData("EVENTS WHERE event_type CONTAINS \"p.s\" AND sequence IS NOT NULL TAKE 1", "9")]
    [InlineData("EVENTS app.* UNTIL 1970-01-02 TAKE 1", "9")]
    [InlineData("EVENTS app.* SINCE 1h ago", "")]
    [InlineData("EVENTS app.* WHERE process_guid == \"abababab-abab-abab-abab-abababababab\" TAKE 1", "9")]
    [InlineData("EVENTS app.* WHERE boot_id == \"{11111111-2222-3333-4444-555555555555}\" TAKE 1", "9")]
    [InlineData("EVENTS app_*", "")]
    [InlineData("EVENTS %", "")]
    public void Events_Query_YieldsTheRowsInOrder(string query, string expected) => Assert.Equal(expected, Numbers(query));

    [Theory]
    [Rule("EVT-147", "EVT-149", "EVT-153", "EVT-189")]
    [InlineData("")]
    [InlineData("SELECT * FROM events")]
    [InlineData("EVENTS app.* TAKE")]
    [InlineData("EVENTS app.* TAKE -1")]
    [InlineData("EVENTS app.* TAKE 1 TAKE 2")]
    [InlineData("EVENTS app.* FROM x")]
    [InlineData("EVENTS app.* COUNT")]
    [InlineData("EVENTS app.* TOP 3 BY event_type")]
    [InlineData("EVENTS INDEX event_type TAKE 1")]
    [InlineData("EVENTS INDEX timestamp")]
    [InlineData("EVENTS INDEX n")]
    [InlineData("EVENTS WHERE n == 3")]
    [InlineData("EVENTS WHERE cpu_id")]
    [InlineData("EVENTS WHERE cpu_id == ")]
    [InlineData("EVENTS WHERE cpu_id == \"x")]
    [InlineData("EVENTS WHERE cpu_id STARTS_WITH 1")]
    [InlineData("EVENTS WHERE event_type > a")]
    [InlineData("EVENTS WHERE process_guid == 12")]
    [InlineData("EVENTS WHERE (cpu_id == 1")]
    [InlineData("EVENTS SINCE 5m")]
    [InlineData("EVENTS SINCE 99999999999999d ago")]
    [InlineData("EVENTS SINCE 2026-13-01")]
    [InlineData("METRIC cpu")]
    [InlineData("LOGS WHERE n == 1")]
    [InlineData("LOGS ERROR")]
    [InlineData("EVENTS WHERE METRIC x > 1")]
    public void Query_Wrong_IsAnError(string query)
    {
        Dictionary<string, object?> error = Assert.Single(_f.Query(query));
        Assert.NotEqual(string.Empty, (string)error["error"]!);
    }

    [Fact]
    public void Query_NestedOrHuge_IsAnErrorAndNoCrash()
    {
        Assert.Contains("error", Assert.Single(_f.Query($"EVENTS WHERE {new string('(', 20000)}")));
        Assert.Contains("error", Assert.Single(_f.Query($"EVENTS WHERE cpu_id == 1{string.Concat(Enumerable.Repeat(" AND cpu_id == 1", 3000))}")));
        Assert.Equal("9", Numbers("EVENTS app.* TAKE 1"));
    }

    [Fact]
    [Rule("EVT-161", "EVT-219", "EVT-220")]
    public void Record_IsFlat_ColumnsWinOverPayload()
    {
        Dictionary<string, object?> record = _f.Query("EVENTS app.stop TAKE 1")[0];
        Assert.Equal(1L, record["cpu_id"]); // not 99
        Assert.Equal("abababab-abab-abab-abab-abababababab", record["true_token_guid"]);
        Assert.Equal(9L, record["n"]);
        Assert.Equal(10, record.Count);
    }

    [Fact]
    [Rule("EVT-162")]
    public void Select_ShowsOnlyTheNamedFields()
    {
        Dictionary<string, object?> record = _f.Query("EVENTS app.stop SELECT n, timestamp TAKE 1")[0];
        Assert.Equal(["timestamp", "n"], record.Keys);
    }

    [Fact]
    [Rule("EVT-216")]
    public void Request_Hostile_IsAnswersOrClosed()
    {
        Span<byte> head = stackalloc byte[4];
        foreach (byte[] body in new byte[][] { [], [0xc1], [0x80], [0x81, 0xa5, .. "query"u8, 0x01], [0xdf, 0xff, 0xff, 0xff, 0xff], [0x01] })
        {
            using UnixSocket socket = _f.Connect();
            BinaryPrimitives.WriteInt32LittleEndian(head, body.Length);
            socket.Send(head);
            socket.Send(body);
            Assert.Equal("error", EventdFixture.Receive(socket)!["status"]);
        }

        using UnixSocket huge = _f.Connect();
        huge.Send([0xff, 0xff, 0xff, 0xff]);
        Assert.Equal("the request is too large", EventdFixture.Receive(huge)!["error"]);
        using UnixSocket half = _f.Connect();
        half.Send([0x10, 0]);
        half.Dispose();
        Assert.Equal("9", Numbers("EVENTS app.* TAKE 1"));
    }

    [Fact]
    [Rule("EVT-204")]
    public void Queries_OverTheLimit_AreRefused()
    {
        using EventdFixture f = new();
        f.Settings = f.Settings with { MaxConcurrentQueries = 1 };
        Daemon daemon = f.Start();
        using (UnixSocket idle = f.Connect())
        {
            EventdFixture.Until(() => f.Query("EVENTS").Any(static r => r.TryGetValue("error", out object? e) && (string)e! == "too many queries"), "the refusal");
        }

        EventdFixture.Until(() => f.Query("EVENTS TAKE 1").All(static r => !r.ContainsKey("error")), "room again");
        f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-204")]
    public void Queries_OfOneUser_LeaveRoomForOthers()
    {
        using EventdFixture f = new();
        f.Settings = f.Settings with { MaxConcurrentQueries = 8 };
        Daemon daemon = f.Start();
        f.Judge.User = "S-1-5-21-1-2-3-1000";
        List<UnixSocket> idle = [];
        for (int i = 0; i < 8; i++)
        {
            idle.Add(f.Connect());
        }

        // A quarter of them stays; the others are told so, and what they held is free again.
        Assert.Equal(6, idle[2..].Count(static c => (string?)EventdFixture.Receive(c)!["error"] == "too many queries"));
        f.Judge.User = "S-1-5-21-1-2-3-1001";
        EventdFixture.Until(() => f.Query("EVENTS TAKE 1").All(static r => !r.ContainsKey("error")), "another user's query");
        idle.ForEach(static c => c.Dispose());
        f.Judge.User = "S-1-5-21-1-2-3-1000";
        EventdFixture.Until(() => f.Query("EVENTS TAKE 1").All(static r => !r.ContainsKey("error")), "room again");
        f.Stop(daemon);
    }

    [Theory]
    [Rule("EVT-204", "EVT-210")]
    [InlineData(8, 64, "too many queries")]
    [InlineData(64, 8, "too many streaming queries")]
    public void Queries_OfManyUsers_LeaveRoomForSystem(int queries, int streaming, string refusal)
    {
        using EventdFixture f = new();
        f.Settings = f.Settings with { MaxConcurrentQueries = queries, MaxStreamingQueries = streaming };
        Daemon daemon = f.Start();
        List<UnixSocket> streams = [];
        for (int i = 0; i < 9; i++)
        {
            f.Judge.User = i == 8 ? "S-1-5-18" : $"S-1-5-21-1-2-3-{1000 + i}";
            streams.Add(f.Connect());
            // The eighth may be refused before it has asked.
            if (i != 7 || queries > 8)
            {
                EventdFixture.Send(streams[i], "EVENTS STREAM");
            }

            Dictionary<string, object?> answer = EventdFixture.Receive(streams[i])!;
            Assert.Equal(i == 7 ? refusal : "ok", (string?)(i == 7 ? answer["error"] : answer["status"]));
        }

        streams.ForEach(static c => c.Dispose());
        f.Stop(daemon);
    }

    [Fact]
    [Rule("EVT-207", "EVT-208", "EVT-212")]
    public void Stream_SendsWhatIsCommittedLater()
    {
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS app.live STREAM SELECT n");
        EventdFixture.Until(() => _daemon.StoredEvents > 0, "running");
        _f.Rings[0].Emit("app.live", [0x81, 0xa1, (byte)'n', 77]);
        _f.Rings[0].Emit("other", [1]);
        List<object?> records = (List<object?>)EventdFixture.Receive(socket)!["records"]!;
        Assert.Equal(77L, ((Dictionary<string, object?>)Assert.Single(records)!)["n"]);
        _f.Rings[1].Emit("app.live", [0x81, 0xa1, (byte)'n', 78]);
        records = (List<object?>)EventdFixture.Receive(socket)!["records"]!;
        Assert.Equal(78L, ((Dictionary<string, object?>)Assert.Single(records)!)["n"]);
    }

    [Theory]
    [Rule("EVT-151")]
    [InlineData("EVENTS SINCE today", "timestamp >= ?1")]
    [InlineData("EVENTS SINCE yesterday UNTIL today", "timestamp < ?2")]
    [InlineData("EVENTS UNTIL 2026-11-20T13:34:39", "timestamp < ?1")]
    public void Times_Parse(string query, string where)
    {
        const long Now = 1_795_181_679_000_000_000; // 2026-11-20 13:34:39 UTC
        QueryPlan? plan = QueryParser.Parse(query, Now, out string problem);
        Assert.True(plan is not null, problem);
        Assert.Contains(where, plan.Where, StringComparison.Ordinal);
        Assert.Equal(
            query.Contains("today", StringComparison.Ordinal) ? Now - (Now % 86_400_000_000_000) : Now,
            (long)plan.Parameters[^1]);
    }
}
