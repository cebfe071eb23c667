// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
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
    [InlineData("oom", "unexpected OutOfMemoryException")]
    [InlineData("exception", "thrown on purpose")]
    [Rule("HAZ-036", "HAZ-037")]
    public void Peinit_Fault_KeepsItsServices(string kind, string said)
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "crash-" + kind, KernelParameters = "peios.faults=1" });
        guest.WaitForConsole("all services ready");
        string before = guest.Shell("pidof redis-server").Output;
        string services = Services(guest);

        CommandResult answer = UnixSend.Send(guest, "/run/peinit/control.sock", Encoding.UTF8.GetBytes($"{{\"command\":\"fault\",\"kind\":\"{kind}\"}}\n"));

        Assert.DoesNotContain("INVALID_REQUEST", answer.Output, StringComparison.Ordinal);
        // The dying write to the console, the living to their log.
        if (said.Contains("re-executing", StringComparison.Ordinal))
        {
            guest.WaitForConsole(said);
        }

        guest.Eventually("peinit answers", () => guest.Execute(GuestCommand.Shell("svctl list")).ExitCode == 0);
        guest.Eventually("it is in the log", () => guest.Execute(GuestCommand.Shell("evctl logs peinit --json -n 500")).Output
            .Contains(said.Contains("re-executing", StringComparison.Ordinal) ? "supervision continues" : said, StringComparison.Ordinal));
        Assert.Equal(services, Services(guest));

        guest.Shell("kill -9 $(pidof redis-server)");
        guest.Eventually("redis is supervised: it comes back", () =>
            guest.Execute(GuestCommand.Shell("pidof redis-server")).Output is { Length: > 1 } now && now != before);
    }

    [Fact]
    [Rule("PEINIT-417", "PEINIT-420", "PEINIT-423")]
    public void Eventd_NotReachedByTheNextLife_GetsWhatWasKeptOnceItIs()
    {
        const string eventd = @"Machine\System\eventd";
        using Guest guest = Guest.Boot(new GuestOptions { Name = "crash-handoff", KernelParameters = "peios.faults=1" });
        guest.WaitForConsole("all services ready");
        guest.Shell($"regctl new -p '{eventd}'; regctl set '{eventd}' LogSocketPath sz:/run/nowhere.sock");

        UnixSend.Send(guest, "/run/peinit/control.sock", "{\"command\":\"fault\",\"kind\":\"segv\"}\n"u8.ToArray());
        guest.WaitForConsole("re-executing");
        guest.Eventually("peinit answers", () => guest.Execute(GuestCommand.Shell("svctl restart redis")).ExitCode == 0);
        Assert.DoesNotContain("supervision continues", Logs(guest), StringComparison.Ordinal);

        guest.Run("/bin/regctl", "delete", eventd, "LogSocketPath");
        guest.Eventually("it has connected by itself", () => Logs(guest).Contains("supervision continues", StringComparison.Ordinal));
        Assert.Contains("log socket /run/nowhere.sock cannot be used", Logs(guest), StringComparison.Ordinal);
    }

    private static string Services(Guest guest)
    {
        JsonArray services = JsonNode.Parse(guest.Shell("svctl list --json").Output)!["services"]!.AsArray();
        return string.Join('\n', services.Select(s => $"{s!["service"]} {s["state"]} {s["cause"]} {s["pid"]}"));
    }

    private static string Logs(Guest guest) => guest.Execute(GuestCommand.Shell("evctl logs --json -n 500")).Output;
}
