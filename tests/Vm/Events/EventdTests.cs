// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm.Events;

/// <summary>eventd in the booted system: the kernel's decisions, the registry's changes, signals.</summary>
public sealed class EventdTests : GuestTest
{
    private const string Key = @"'Machine\System\eventd'";
    private const string Security = @"'Machine\System\eventd\Security\Events'";

    public EventdTests(BootedGuest booted)
        : base(booted)
    {
        Guest.Eventually("eventd answers", () => Try(null, "evctl events --json -n 1").ExitCode == 0);
    }

    private CommandResult Try(string? identity, string line) => Guest.Execute(GuestCommand.Shell(line) with { Identity = identity });

    private string As(string? identity, string line) => Try(identity, line).Succeeded().Output;

    private void Guard(string pattern, string aces)
    {
        Assert.True(Sddl.TryParse("O:SYG:SYD:" + aces, out byte[] descriptor, out SddlError error), error.ToString());
        Guest.Shell($"regctl set {Security} '{pattern}' hex:{Convert.ToHexString(descriptor)}");
    }

    [Fact]
    [Rule("EVT-222", "EVT-226", "EVT-229", "EVT-235", "EVT-236", "EVT-238", "EVT-240", "EVT-241", "EVT-245")]
    public void Records_AreShownAsTheKernelDecides_AndChangesHoldForTheNextQuery()
    {
        Guest.Shell("evctl emit guarded.open n=1 && evctl emit guarded.shut n=2");
        Guest.Eventually("both are stored", () => As(null, "evctl events 'guarded.*' --json").Split('\n').Length == 3);
        Assert.Equal(string.Empty, As("LocalService", "evctl events 'guarded.*' --json"));
        Assert.NotEqual(string.Empty, As("LocalService", "evctl logs --json -n 1"));

        Guard("guarded", "(A;;0x1;;;SY)(A;;0x1;;;AU)");
        Guest.Eventually("the pattern grants both", () => As("LocalService", "evctl events 'guarded.*' --json").Split('\n').Length == 3);
        Guard("guarded.shut", "(A;;0x1;;;SY)(XA;;0x1;;;AU;(Member_of {SID(BA)}))");
        Guest.Eventually("the longer pattern takes one back", () => !As("LocalService", "evctl events 'guarded.*' --json").Contains("guarded.shut", StringComparison.Ordinal));
        Assert.Contains("guarded.open", As("LocalService", "evctl events 'guarded.*' --json"), StringComparison.Ordinal);
        Assert.Contains("guarded.shut", As(null, "evctl events 'guarded.*' --json"), StringComparison.Ordinal);

        // timestamp and the payload field n alone (EVT-230, EVT-231)
        Guard("guarded.open", "(A;;0x1;;;SY)(OA;;0x1;341d2267-b9db-536b-b36c-94ab6cd47e4c;;AU)");
        Guest.Eventually("one field is left", () => As("LocalService", "evctl events guarded.open --json") is { Length: > 0 } shown && !shown.Contains("event_type", StringComparison.Ordinal));
        Assert.Matches("^\\{\"timestamp\":[0-9]+\\}\n$", As("LocalService", "evctl events guarded.open --json"));
        Assert.Equal(3, Try("LocalService", "evctl 'EVENTS guarded.* SORT cpu_id'").ExitCode);
        Assert.Equal(3, Try("LocalService", "evctl 'EVENTS INDEX cpu_id'").ExitCode);
    }

    [Fact]
    public void Emit_TypeThatIsEmptyOrNoUtf8_IsRefusedAndSaidSo()
    {
        CommandResult odd = Try(null, "evctl emit \"$(printf 'odd\\377')\"");
        Assert.Equal((64, "peios-tools: an argument is not UTF-8\n"), (odd.ExitCode, odd.Errors));
        CommandResult empty = Try(null, "evctl emit ''");
        Assert.Equal(4, empty.ExitCode);
        Assert.Contains("empty", empty.Errors, StringComparison.Ordinal);

        Assert.Equal(string.Empty, As(null, "evctl events 'odd*' --json"));
    }

    [Fact]
    [Rule("EVT-039", "EVT-253", "EVT-272", "EVT-274", "EVT-275")]
    public void Settings_FollowTheRegistry()
    {
        Guest.Shell($"regctl set {Key} MaxConcurrentQueries dword:50");
        Guest.Eventually("the change is recorded", () => Changes().Contains("\"old_value\":128,\"new_value\":50", StringComparison.Ordinal));
        Guest.Shell($"regctl set {Key} MaxConcurrentQueries dword:5000 && regctl set {Key} SheddingWindowSeconds sz:many");
        Guest.Eventually("both are refused aloud", () =>
            As(null, "evctl logs eventd --json") is { } log
            && log.Contains("MaxConcurrentQueries is no number from 1 to 4096: 50 stays", StringComparison.Ordinal)
            && log.Contains("SheddingWindowSeconds is no number from 10 to 300: 30 stays", StringComparison.Ordinal));
        Guest.Shell($"regctl delete {Key} MaxConcurrentQueries && regctl delete {Key} SheddingWindowSeconds");
        Guest.Eventually("the default is back", () => Changes().Contains("\"old_value\":50,\"new_value\":128", StringComparison.Ordinal));
        Assert.DoesNotContain("5000", Changes(), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("EVT-268")]
    public void Registry_Silent_LeavesEverythingInForce()
    {
        Guest.Shell("kill -STOP $(pidof registryd)");
        try
        {
            Guest.Shell("evctl emit silent.registry n=1");
            Guest.Eventually("it is stored and shown", () => As(null, "evctl events silent.registry --json").Contains("\"n\":1", StringComparison.Ordinal));
        }
        finally
        {
            Guest.Shell("kill -CONT $(pidof registryd)");
        }
    }

    [Fact]
    [Rule("EVT-088", "EVT-089", "EVT-254")]
    public void Signals_HangUpReads_TerminateStoresTheEnd()
    {
        string before = Guest.Shell("pidof eventd").Output;
        Guest.Shell("kill -HUP $(pidof eventd)");
        Assert.Equal(before, Guest.Shell("pidof eventd").Output);
        Guest.Shell("evctl emit before.stop n=1 && svctl stop eventd && svctl start eventd");
        Guest.Eventually("the event, the end and the restart are stored", () =>
            As(null, "evctl events before.stop --json").Length > 0
            && As(null, "evctl events synthetic.shutdown --json").Length > 0
            && As(null, "evctl events synthetic.startup --json -n 1").Contains("\"restart\":true", StringComparison.Ordinal));
    }

    [Theory]
    [Rule("EVT-251", "EVT-252", "EVT-273")]
    [InlineData("EventStorePath", "sz:/var/lib/eventd/events")]
    [InlineData("LogStorePath", "sz:/var/lib/eventd/logs.db")]
    [InlineData("QuerySocketPath", "sz:/run/eventd/query.sock")]
    [InlineData("LogSocketPath", "sz:/run/eventd/log.sock")]
    public void RequiredValue_MissingOrOfAnotherType_EndsTheStartAndSaysWhich(string name, string value)
    {
        Guest.Shell("svctl stop eventd");
        try
        {
            foreach (string change in (string[])[$"regctl delete {Key} {name}", $"regctl set {Key} {name} dword:5", $"regctl set {Key} {name} sz:relative"])
            {
                Guest.Shell(change);
                CommandResult run = Guest.Execute(new GuestCommand("/usr/sbin/eventd"));
                Assert.Equal(1, run.ExitCode);
                Assert.Contains(name, run.Errors, StringComparison.Ordinal);
            }
        }
        finally
        {
            Guest.Shell($"regctl set {Key} {name} {value} && svctl start eventd");
        }
    }

    [Fact]
    [Rule("EVT-256")]
    public void Quit_SaysHowThingsStand_ThenStoresTheEnd()
    {
        string boot = Guest.ReadText("/proc/sys/kernel/random/boot_id").Trim();
        int before = As(null, "evctl events synthetic.shutdown --json").Split('\n').Length;
        EventFlood.KeepStarting(Guest); // eventd is critical: without a restart its end is the machine's
        Guest.Shell("evctl emit before.quit n=1 && kill -QUIT $(pidof eventd)");
        Guest.Eventually("its words, the event and the end are stored", () =>
            Try(null, "evctl logs eventd --json").Output.Contains($"eventd: boot {boot}; ", StringComparison.Ordinal)
            && As(null, "evctl events before.quit --json").Length > 0
            && As(null, "evctl events synthetic.shutdown --json").Split('\n').Length == before + 1);
    }

    private string Changes() => As(null, "evctl events synthetic.config_change --json");
}
