// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>PID 1 goes on after faults of its own, with all services running and supervised.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData("segv", "fatal signal 11, re-executing")]
    [InlineData("stack", "re-executing")]
    [InlineData("oom", "")]
    [InlineData("exception", "")]
    [Rule("HAZ-036", "HAZ-037")]
    public void Peinit_Fault_KeepsItsServices(string kind, string said)
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "crash-" + kind, KernelParameters = "peios.faults=1" });
        guest.WaitForConsole("all services ready");
        string before = guest.Shell("pidof redis-server").Output;

        CommandResult answer = UnixSend.Send(guest, "/run/peinit/control.sock", Encoding.UTF8.GetBytes($"{{\"command\":\"fault\",\"kind\":\"{kind}\"}}\n"));

        Assert.DoesNotContain("INVALID_REQUEST", answer.Output, StringComparison.Ordinal);
        guest.WaitForConsole(said);
        guest.Eventually("peinit answers", () => guest.Execute(GuestCommand.Shell("svctl list")).ExitCode == 0);
        Assert.Equal(before, guest.Shell("pidof redis-server").Output);
        Assert.Contains("active", guest.Shell("svctl status redis").Output, StringComparison.Ordinal);

        if (kind == "exception")
        {
            guest.Eventually("it is in the log", () => guest.Execute(GuestCommand.Shell("evctl logs --json")).Output.Contains("thrown on purpose", StringComparison.Ordinal));
        }

        guest.Shell("kill -9 $(pidof redis-server)");
        guest.Eventually("redis is supervised: it comes back", () =>
            guest.Execute(GuestCommand.Shell("pidof redis-server")).Output is { Length: > 1 } now && now != before);
    }
}
