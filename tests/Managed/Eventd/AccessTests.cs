// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Eventd;
using Eventd.Access;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class AccessTests : IDisposable
{
    private static readonly byte[] Plain = Descriptor("(A;;0x1;;;SY)");
    private static readonly byte[] Other = Descriptor("(A;;0x1;;;BA)");
    private static readonly byte[] ByField = Descriptor("(OA;;0x1;341d2267-b9db-536b-b36c-94ab6cd47e4c;;SY)");

    private readonly EventdFixture _f = new();
    private readonly Daemon _daemon;

    public AccessTests()
    {
        _daemon = _f.Start();
        for (byte i = 0; i < 6; i++)
        {
            _f.Rings[0].Emit(i % 2 == 0 ? "app.open" : "app.secret", [0x82, 0xa1, (byte)'n', i, 0xa1, (byte)'m', 0x81, 0xa1, (byte)'x', 1], timestamp: (ulong)(1000 + i));
        }

        EventdFixture.Until(() => _daemon.StoredEvents >= 7, "six events and the start");
    }

    public void Dispose()
    {
        _f.Stop(_daemon);
        _f.Dispose();
    }

    private static byte[] Descriptor(string aces)
    {
        Assert.True(Sddl.TryParse("O:SYG:SYD:" + aces, out byte[] bytes, out _));
        return bytes;
    }

    private string Numbers(string query) => string.Join(',', _f.Query(query).Select(static r => r.TryGetValue("error", out object? e) ? e : r["n"]));

    private void Guard(params (string Pattern, byte[] Descriptor)[] patterns) =>
        _f.Security.Set(DataKind.Events, Array.ConvertAll(patterns, static p => new GuardedPattern(p.Pattern, p.Descriptor)));

    [Theory]
    [Rule("EVT-230", "EVT-231")]
    [InlineData("timestamp", "341d2267-b9db-536b-b36c-94ab6cd47e4c")]
    [InlineData("event_type", "579da7cc-ba27-5d0a-898c-79e41326a9e2")]
    [InlineData("message", "fe639b5f-4f7f-54c5-9702-f20fac24fa0e")]
    [InlineData("core", "2afad8ac-b2f5-523c-886c-7ac72fa4f24b")]
    [InlineData("source.name", "2602646b-5587-59b4-af6e-77009f3ebc3d")]
    public void FieldGuid_IsComputedFromTheName(string field, string guid) => Assert.Equal(new Guid(guid), FieldGuid.Of(field));

    [Fact]
    [Rule("EVT-231")]
    public void FieldGuid_InAnAce_HasTheMixedByteOrder() =>
        Assert.Equal("67221D34DBB96B53B36C94AB6CD47E4C", Convert.ToHexString(FieldGuid.Of("timestamp").ToByteArray()));

    [Fact]
    [Rule("EVT-232")]
    public void RootGuids_AreTheSheets()
    {
        Assert.Equal(new Guid("a1b2c3d4-0001-4000-8000-000000000001"), FieldGuid.Root(DataKind.Events));
        Assert.Equal(new Guid("a1b2c3d4-0001-4000-8000-000000000002"), FieldGuid.Root(DataKind.Logs));
    }

    [Theory]
    [Rule("EVT-225", "EVT-226", "EVT-227", "EVT-228")]
    [InlineData("kacs", "kacs")]
    [InlineData("kacs.access_denied", "kacs")]
    [InlineData("kacs.a.b.c", "kacs.a")]
    [InlineData("KACS.a", "kacs.a")]
    [InlineData("kacs_extended", "*")]
    [InlineData("kac", "*")]
    [InlineData("", "*")]
    public void Pattern_IsTheLongestThatMatchesWholeComponents(string type, string pattern)
    {
        SecurityTable table = new([new("kacs", Plain), new("kacs.a", Plain), new("*", Plain)]);
        Assert.Equal(pattern, table.Find(type)!.Pattern);
        Assert.Null(new SecurityTable([new("kacs", Plain)]).Find("lcs.x"));
    }

    [Fact]
    [Rule("EVT-238", "EVT-239", "EVT-241", "EVT-242")]
    public void Records_OfADeniedType_AreLeftOutSilently()
    {
        Guard(("*", Plain), ("app.secret", Other));
        _f.Judge.Deny(Other);
        Assert.Equal("4,2,0", Numbers("EVENTS app.*"));
        Assert.Equal("2,0", Numbers("EVENTS app.* TAKE 2 SKIP 1")); // counted over what is seen
        Assert.Equal("", Numbers("EVENTS app.secret"));
        Assert.Contains("events:app.secret", _f.Judge.Contexts);
        Assert.Contains("events:app.open", _f.Judge.Contexts);
    }

    [Fact]
    [Rule("EVT-224", "EVT-228")]
    public void Namespaces_AreIndependent_AndNothingIsGrantedByDefault()
    {
        Guard();
        Assert.Empty(_f.Query("EVENTS"));
        _f.Log([0x83, 0xa6, .. "origin"u8, 0xa3, .. "app"u8, 0xa8, .. "is_error"u8, 0xc2, 0xa7, .. "message"u8, 0xa1, (byte)'x']);
        EventdFixture.Until(() => _f.Query("LOGS").Count == 1, "the log record");
        Assert.Contains("logs:app", _f.Judge.Contexts);
    }

    [Fact]
    [Rule("EVT-233", "EVT-234", "EVT-240")]
    public void Record_GuardedByField_ShowsOnlyWhatIsGranted()
    {
        Guard(("*", Plain), ("app.secret", ByField));
        _f.Judge.Grant(ByField, "timestamp", "n", "m");
        Dictionary<string, object?> record = _f.Query("EVENTS app.secret TAKE 1")[0];
        Assert.Equal(["timestamp", "n"], record.Keys); // m is a map: m.x is not granted
        _f.Judge.Grant(ByField, "timestamp", "m", "m.x");
        Assert.Equal(["timestamp", "m"], _f.Query("EVENTS app.secret TAKE 1")[0].Keys);
        _f.Judge.Grant(ByField);
        Assert.Empty(_f.Query("EVENTS app.secret"));
    }

    [Fact]
    [Rule("EVT-243")]
    public void Query_ThatSortsOrAsksByAHiddenField_IsRejected()
    {
        Guard(("*", Plain), ("app.secret", ByField));
        _f.Judge.Grant(ByField, "timestamp", "n");
        Assert.StartsWith("access denied", Numbers("EVENTS app.* SORT cpu_id"), StringComparison.Ordinal);
        Assert.StartsWith("access denied", Numbers("EVENTS WHERE cpu_id == 0"), StringComparison.Ordinal);
        Assert.Equal("0,2,4", Numbers("EVENTS app.open SORT cpu_id, timestamp"));
        Assert.Equal("5,3,1", Numbers("EVENTS app.secret SORT timestamp DESC"));
    }

    [Fact]
    [Rule("EVT-244")]
    public void Checks_AreAsManyAsThereAreDescriptors_NotRows()
    {
        Guard(("*", Plain), ("app.secret", ByField));
        _f.Judge.Grant(ByField, "timestamp", "n");
        _f.Judge.Contexts.Clear();
        Assert.Equal("5,4,3,2,1,0", Numbers("EVENTS app.*"));
        Assert.Equal(2, _f.Judge.Contexts.Count);
    }

    [Fact]
    [Rule("EVT-222", "EVT-236", "EVT-269")]
    public void Query_WithoutATokenOrADecision_GetsNothing()
    {
        _f.Judge.Broken = Errno.EIO;
        Assert.Empty(_f.Query("EVENTS"));
        _f.Judge.Broken = Errno.None;
        _f.Judge.Peer = Errno.EACCES;
        Assert.StartsWith("access denied", Numbers("EVENTS"), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("EVT-237")]
    public void Events_ThatNobodyMayRead_AreStored()
    {
        Guard();
        Assert.Empty(_f.Query("EVENTS app.*"));
        Assert.Equal(["6"], _f.Rows("SELECT count(*) FROM events WHERE event_type LIKE 'app.%'"));
    }

    [Fact]
    [Rule("EVT-246")]
    public void Stream_AfterAChangeOfDescriptors_ChecksAnew()
    {
        using UnixSocket socket = _f.Connect();
        EventdFixture.Send(socket, "EVENTS app.* STREAM TAKE 1 SELECT n");
        Assert.NotNull(EventdFixture.Receive(socket));
        Guard(("*", Plain), ("app.secret", Other));
        _f.Judge.Deny(Other);
        _f.Rings[0].Emit("app.secret", [0x81, 0xa1, (byte)'n', 70]);
        _f.Rings[0].Emit("app.open", [0x81, 0xa1, (byte)'n', 71]);
        List<object?> records = (List<object?>)EventdFixture.Receive(socket)!["records"]!;
        Assert.Equal(71L, ((Dictionary<string, object?>)Assert.Single(records)!)["n"]);
    }
}
