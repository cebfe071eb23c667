// SPDX-License-Identifier: MIT
using System;
using Peinit.Control;
using Peinit.Core;
using Peinit.Shell;
using Xunit;

namespace Peios.Tests.PeinitShell;

public class ControlFormTests
{
    [Theory]
    [Rule("PEINIT-004")]
    [InlineData(0L, null)]
    [InlineData(1L, "1970-01-01T00:00:00.000000001Z")]
    [InlineData(1795181415123456789L, "2026-11-20T13:30:15.123456789Z")]
    public void Time_OfAMoment_HasNineDigits(long realtime, string? expected) =>
        Assert.Equal(expected, ControlAnswers.Time(new Moment(0, realtime)));

    [Theory]
    [Rule("PEINIT-146")]
    [InlineData(6u, false, "SERVICE_START|SERVICE_STOP")]
    [InlineData(1u, false, "SERVICE_QUERY_STATUS")]
    [InlineData(1u, true, "SYSTEM_SHUTDOWN")]
    [InlineData(2u, true, "SYSTEM_RELOAD_CONFIG")]
    public void Right_HasAName(uint right, bool control, string expected) =>
        Assert.Equal(expected, ControlRights.NameOf(right, control));

    [Fact]
    [Rule("PEINIT-144")]
    [Rule("PEINIT-148")]
    public void DefaultDescriptors_Parse()
    {
        Assert.True(Peios.Security.Sddl.TryFormat(ControlRights.DefaultService, out string service, out _));
        Assert.True(Peios.Security.Sddl.TryFormat(ControlRights.DefaultControl, out string control, out _));
        Assert.Equal(("O:SYG:SYD:(A;;0xf000f;;;SY)(A;;0x5;;;BA)", "O:SYG:SYD:(A;;0xf0003;;;SY)(A;;0x3;;;BA)"), (service, control));
    }

    [Theory]
    [Rule("HAZ-037")]
    [InlineData("12 (sleep) S 1 12 12 0", true, 'S', 1)]
    [InlineData("12 (a) Z) 5 (b) Z 77 12 12 0", true, 'Z', 77)]
    [InlineData("12 (sleep) S", false, ' ', 0)]
    [InlineData("", false, ' ', 0)]
    [InlineData(")", false, ' ', 0)]
    [InlineData("1 (x) S x 1", false, 'S', 0)]
    public void ProcStat_HostileName_ParentIsFound(string text, bool ok, char state, int parent)
    {
        Assert.Equal(ok, Reconciliation.TryParseStat(System.Text.Encoding.UTF8.GetBytes(text), out char s, out int p));
        Assert.Equal((state, parent), (s, p));
    }
}
