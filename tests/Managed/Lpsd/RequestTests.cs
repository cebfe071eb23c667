// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Lpsd;
using Lpsd.Commands;
using Lpsd.Store;
using Peios.Ipc;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Lpsd;

public class RequestTests
{
    [Theory, Rule("LPS-048", "AUTH-005")]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\"}", true)]
    [InlineData("{\"name\":\"a\",\"kind\":\"service\",\"home\":null,\"flags\":[],\"groups\":[\"Users\"],\"expires_at\":\"2030-01-01T00:00:00.000000Z\"}", true)]
    [InlineData("{\"name\":\"a\"}", false)]
    [InlineData("{\"kind\":\"user\"}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"machine\"}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"alias\"}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"USER\"}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"groups\":\"Users\"}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"groups\":[1]}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"flags\":[\"PROTECTED\"]}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"flags\":[\"disabled\"]}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"expires_at\":0}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"expires_at\":\"2030-01-01\"}", false)]
    [InlineData("{\"name\":\"a\",\"kind\":\"user\",\"shell\":[]}", false)]
    public void AddRequest_Shape_IsChecked(string json, bool valid) =>
        Assert.Equal(valid, AddRequest.Read(Parse(json), out string problem) is not null && problem.Length == 0);

    [Theory, Rule("LPS-048")]
    [InlineData("{\"name\":\"a\"}", true)]
    [InlineData("{\"sid\":\"S-1-5-18\"}", true)]
    [InlineData("{\"name\":\"a\",\"sid\":\"S-1-5-18\"}", false)]
    [InlineData("{\"name\":\"a\",\"sid\":1}", false)]
    [InlineData("{\"sid\":\"a\"}", false)]
    [InlineData("{\"name\":null}", false)]
    [InlineData("{}", false)]
    public void Target_IsANameOrASidNotBoth(string json, bool valid) => Assert.Equal(valid, Target.TryRead(Parse(json), out _));

    [Theory, Rule("AUTH-007")]
    [InlineData("1970-01-01T00:00:00.000000Z", 0UL)]
    [InlineData("2026-11-20T15:30:00.123456Z", 1795188600123456000UL)]
    public void Time_OnTheWire_HasOneForm(string text, ulong nanoseconds)
    {
        Assert.True(WireTime.TryParse(text, out ulong parsed));
        Assert.Equal((nanoseconds, text), (parsed, WireTime.Format(nanoseconds)));
    }

    [Theory, Rule("AUTH-007")]
    [InlineData("")]
    [InlineData("2026-11-20T15:30:00Z")]
    [InlineData("2026-11-20 15:30:00.123456Z")]
    [InlineData("2026-11-20T15:30:00.123456")]
    [InlineData("2026-11-20T15:30:00.123456+01:00")]
    [InlineData("2026-13-20T15:30:00.123456Z")]
    [InlineData("1969-12-31T23:59:59.999999Z")]
    [InlineData("2026-11-20T15:30:00.123456Z\0")]
    [InlineData(" 2026-11-20T15:30:00.123456Z")]
    public void Time_InAnotherForm_IsRefused(string text) => Assert.False(WireTime.TryParse(text, out _));

    [Fact]
    public void Time_AtTheEndOfItsRange_HasAForm() => Assert.Equal("2554-07-21T23:34:33.709551Z", WireTime.Format(ulong.MaxValue));

    [Theory, Rule("LPS-046")]
    [InlineData("O:SYD:(A;;0x1;;;WD)", true)]
    [InlineData("O:SY", false)]
    [InlineData("D:(A;;0x1;;;WD)", false)]
    public void Security_ThatWouldLetEveryoneIn_IsNotTaken(string sddl, bool taken)
    {
        Assert.True(Sddl.TryParse(sddl, out byte[] value, out _));
        HotSecurity security = new();
        byte[] before = security.Current;
        security.Take(value);
        Assert.Equal(taken ? value : before, security.Current);
    }

    [Fact, Rule("LPS-025")]
    public void Flags_ByName_RoundTrip()
    {
        string[] names = ["DISABLED", "MUST_CHANGE", "NO_PASSWORD", "NEVER_EXPIRES", "CANNOT_CHANGE"];
        Assert.True(PrincipalFlagNames.TryRead(names, out PrincipalFlags flags));
        Assert.Equal(0x1F, (int)flags);
        Assert.Equal(names, PrincipalFlagNames.Of(flags));
    }

    private static JsonObject Parse(string json)
    {
        Assert.True(JsonObject.TryParse(Encoding.UTF8.GetBytes(json), out JsonObject? result, out _), json);
        return result!;
    }
}
