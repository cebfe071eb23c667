// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>A service that forks without end.</summary>
public sealed class ForkBombTests : GuestTest
{
    public ForkBombTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("PEINIT-010", "PEINIT-172", "PEINIT-173", "PEINIT-255")]
    public void Processes_ThatForkWithoutEnd_AreStoppedAndNobodyElseIsHarmed()
    {
        Guest.WaitForConsole("all services ready");
        string[] others = Pids();
        ServiceKeys.Define(Guest, "bomb", "ImagePath", "sz:" + UnixSend.Install(Guest, "forkbomb"), "Arguments", "multi:20", "Identity", "sz:LocalService", "Readiness", "dword:1", "StopTimeout", "dword:1");

        Guest.Run("/bin/svctl", "start", "bomb");
        Guest.Eventually("it forks and forks", () => Forks() > 1000);
        Assert.Equal(others, Pids());
        Assert.Equal("PONG\n", Guest.Run("/bin/redis-cli", "ping").Output);
        Assert.Equal("active", (string?)Svctl("restart", "nginx")["state"]);

        Assert.Equal("inactive", (string?)Svctl("stop", "bomb")["state"]);
        Assert.Equal("", Guest.Shell("cat /sys/fs/cgroup/peinit/bomb/main/cgroup.procs 2>/dev/null || true").Output);
        Guest.Eventually("all are reaped", () => Guest.Shell("grep -l 'State:.*Z' /proc/[0-9]*/status 2>/dev/null | wc -l").Output.Trim() == "0");
        Assert.Equal(others, Pids());
    }

    private long Forks() => long.Parse(Guest.Shell("sed -n 's/^processes //p' /proc/stat").Output.Trim(), CultureInfo.InvariantCulture);

    private string[] Pids() =>
        [.. Svctl("list")["services"]!.AsArray().Where(s => (string?)s!["service"] is not ("bomb" or "nginx")).Select(s => $"{s!["service"]} {s["pid"]}")];

    private JsonObject Svctl(params string[] arguments) =>
        JsonNode.Parse(Guest.Run(["/bin/svctl", .. arguments, "--json"]).Output)!.AsObject();
}
