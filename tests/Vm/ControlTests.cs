// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Clients of the control socket that misbehave: they get their answer, and nobody else notices.</summary>
public sealed class ControlTests : GuestTest
{
    private const string Socket = "/run/peinit/control.sock";

    public ControlTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Theory]
    [InlineData("[]\n")]
    [InlineData("{}\n")]
    [InlineData("{\"command\":7}\n")]
    [InlineData("{\"command\":\"list\",\"command\":\"list\"}\n")]
    [InlineData("not json at all\n")]
    [InlineData("\u0001\u0002\n")]
    public void Line_ThatIsNoRequest_IsRefusedByName(string line)
    {
        string answer = Send(Encoding.UTF8.GetBytes(line));

        Assert.Contains("INVALID_REQUEST", answer, StringComparison.Ordinal);
        AssertServing();
    }

    [Fact]
    public void Line_OfOneMegabyte_IsRefusedAndClosed()
    {
        byte[] bytes = new byte[1_000_000];
        Array.Fill(bytes, (byte)'x');

        Assert.Contains("REQUEST_TOO_LARGE", Send(bytes), StringComparison.Ordinal);
        AssertServing();
    }

    [Fact]
    public void Client_HalfALine_GetsNoAnswerAndHarmsNobody()
    {
        Assert.Equal("", Send("{\"command\":\"li"u8.ToArray()));
        AssertServing();
    }

    [Fact]
    public void Client_Silence_HarmsNobody()
    {
        Assert.Equal("", Send([]));
        AssertServing();
    }

    [Fact]
    [Rule("PEINIT-009")]
    public void Orphans_DyingByTheHundred_LeaveTimeForClients()
    {
        Guest.Shell("for i in $(seq 1 400); do (true & ) ; done");
        AssertServing();
        Guest.Eventually("all are reaped", () => Guest.Shell("grep -l 'State:.*Z' /proc/[0-9]*/status 2>/dev/null | wc -l").Output.Trim() == "0");
    }

    [Fact]
    [Rule("PEINIT-013", "PEINIT-218")]
    public void Service_ThatForksAway_LeavesNothingBehind()
    {
        Guest.Write("/usr/libexec/peios-away", "#!/bin/sh\nsleep 1000 &\nexit 0\n", 0x1ED);
        ServiceKeys.Define(Guest, "away", "ImagePath", "sz:/usr/libexec/peios-away", "Readiness", "dword:1");

        Guest.Execute(GuestCommand.Shell("svctl start away"));

        Guest.Eventually("it counts as ended", () => Guest.Execute(GuestCommand.Shell("svctl status away --json")).Output.Contains("process_crash", StringComparison.Ordinal));
        Assert.Equal("", Guest.Shell("cat /sys/fs/cgroup/peinit/away/main/cgroup.procs 2>/dev/null || true").Output);
    }

    [Fact]
    [Rule("CLI-016")]
    public void Command_WithNothingToDo_Succeeds()
    {
        Guest.Shell("svctl start nginx");
        Assert.Equal("nginx: active\n", Guest.Shell("svctl start nginx --wait").Output);
        Guest.Shell("svctl stop nginx");
        Assert.Equal("nginx: inactive\n", Guest.Shell("svctl stop nginx").Output);
        Assert.Equal("nginx: active\n", Guest.Shell("svctl start nginx").Output);
    }

    private string Send(byte[] bytes) => UnixSend.Send(Guest, Socket, bytes).Output;

    private void AssertServing() => Assert.Contains("redis", Guest.Shell("svctl list").Output, StringComparison.Ordinal);
}
