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

    private string OpenSockets() => Guest.Shell("for p in 1 $(pidof authd) $(pidof lpsd); do ls -l /proc/$p/fd | grep -c socket:; done").Output;
}
