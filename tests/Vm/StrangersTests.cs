// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Descriptors sent by strangers to everything that listens: whoever closes the last copy waits an hour.</summary>
public sealed class StrangersTests : GuestTest
{
    private static readonly string[] Sockets =
    [
        "/run/peinit/notify.sock", "/run/peinit/control.sock", "/run/authd/authd.sock", "/run/lpsd/lpsd.sock",
        "/run/eventd/log.sock", "/run/eventd/query.sock",
    ];

    public StrangersTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("PEINIT-007", "PEINIT-443")]
    public async Task Descriptors_WhoseCloseTakesAnHour_StopNobody()
    {
        Guest.WaitForConsole("all services ready");
        string open = OpenSockets();
        string program = UnixSend.Install(Guest, "linger");

        Task<CommandResult> attacker = Guest.Begin(GuestCommand.Shell($"exec {program} {string.Join(' ', Sockets)} >/run/linger 2>&1"));
        Guest.Eventually("the attacker is done", () => Guest.Execute(GuestCommand.Shell("test -s /run/linger")).ExitCode == 0);
        Assert.Equal("sent\n", Guest.Shell("cat /run/linger").Output);

        Assert.Contains("redis", Guest.Shell("svctl list").Output, StringComparison.Ordinal);
        // A new token needs authd, which asks lpsd; a line of redis reaches the log by peinit and eventd.
        Guest.Run("/bin/svctl", "restart", "redis");
        Guest.Eventually("eventd takes and shows lines", () => Guest.Execute(GuestCommand.Shell("evctl logs --json")).Output.Contains("redis: Starting -> Active", StringComparison.Ordinal));
        Guest.Eventually("nobody keeps them", () => OpenSockets() == open);

        Assert.False(attacker.IsCompleted);
        Guest.Shell("kill $(pidof linger)");
        await attacker;
    }

    [Fact]
    [Rule("PEINIT-429", "PEINIT-430", "PEINIT-431", "PEINIT-435")]
    public void Notifications_OfStrangersAndChildren_ChangeNothing()
    {
        Guest.WaitForConsole("all services ready");
        string program = UnixSend.Install(Guest, "notify");
        const string socket = "/run/peinit/notify.sock";
        string redis = Guest.Shell("pidof redis-server").Output.Trim();

        // In its own name, in a name that is not its own, and as a child of the service it speaks for.
        Assert.Equal("sent\n", Guest.Execute(new GuestCommand(program, socket, "0", "STATUS=forged\nSTOPPING=1") { Identity = "LocalService", Service = "redis" }).Output);
        Assert.Contains("not permitted", Guest.Execute(new GuestCommand(program, socket, redis, "STATUS=forged") { Identity = "LocalService", Service = "redis" }).Errors, StringComparison.Ordinal);
        ServiceKeys.Define(Guest, "parent", "ImagePath", "sz:/bin/sh", "Arguments", $"multi:-c,{program} {socket} 0 READY=1; sleep 1000", "StartTimeout", "dword:2");
        Assert.NotEqual(0, Guest.Execute(new GuestCommand("/bin/svctl", "start", "parent")).ExitCode);
        Assert.Contains("readiness_timeout", Guest.Shell("svctl status parent --json").Output, StringComparison.Ordinal);

        // The main process itself is heard, but cannot name another one in its place.
        ServiceKeys.Define(Guest, "deserter", "ImagePath", "sz:" + program, "Arguments", $"multi:{socket},0,READY=1\nMAINPID={redis}\nSTATUS=of the main process,/bin/sleep,1000", "StopTimeout", "dword:1");
        Guest.Run("/bin/svctl", "start", "deserter");
        string status = Guest.Shell("svctl status deserter --json").Output;
        Assert.Contains("of the main process", status, StringComparison.Ordinal);
        Assert.DoesNotContain($"\"pid\":{redis}", status, StringComparison.Ordinal);
        Guest.Run("/bin/svctl", "stop", "deserter");

        Assert.Equal(redis, Guest.Shell("pidof redis-server").Output.Trim());
        Assert.DoesNotContain("forged", Guest.Shell("svctl status redis --json").Output, StringComparison.Ordinal);
        Guest.Eventually("the log tells of it", () => Guest.Execute(GuestCommand.Shell("evctl logs --json")).Output.Contains("not the main process", StringComparison.Ordinal));
    }

    private string OpenSockets() => Guest.Shell("for p in 1 $(pidof authd) $(pidof lpsd); do ls -l /proc/$p/fd | grep -c socket:; done").Output;
}
