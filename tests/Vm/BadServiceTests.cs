// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Services that cannot work, defined and started in the running system.</summary>
public sealed class BadServiceTests : GuestTest
{
    public BadServiceTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("PEINIT-185", "PEINIT-390")]
    public void Start_MissingBinary_NamesStepAndErrno()
    {
        CommandResult result = Start("missing", "ImagePath", "sz:/no/such/program");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("pre_exec_failure", Status("missing"), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("PEINIT-185")]
    public void Start_FileWithoutExecutePermission_FailsBeforeExec()
    {
        Guest.Write("/run/plain", "no program\n");
        Start("plain", "ImagePath", "sz:/run/plain");

        Assert.Contains("pre_exec_failure", Status("plain"), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("CLI-016")]
    public void Start_ProgramThatExitsAtOnce_Fails()
    {
        CommandResult result = Start("brief", "ImagePath", "sz:/bin/true");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("failed", Status("brief"), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("PEINIT-177", "PEINIT-310", "CLI-002")]
    public void Start_ProgramThatIsNeverReady_TimesOut()
    {
        CommandResult result = Start("mute", "ImagePath", "sz:/bin/sleep", "Arguments", "multi:1000", "StartTimeout", "dword:1");

        // The operation lives as long as the start may take, and it is older: it ends first, as a time-out.
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("readiness_timeout", Status("mute"), StringComparison.Ordinal);
        Assert.NotEqual(0, Guest.Execute(GuestCommand.Shell("pidof sleep")).ExitCode);
    }

    [Fact]
    [Rule("PEINIT-191")]
    public void Start_MitigationThatThisKernelCannotGive_FailsAndSaysSo()
    {
        CommandResult hardened = Start("hardened", "ImagePath", "sz:/bin/sleep", "Arguments", "multi:1000", "Mitigations", "multi:WXP", "Readiness", "dword:1");
        CommandResult harder = Start("harder", "ImagePath", "sz:/bin/sleep", "Arguments", "multi:1000", "Mitigations", "multi:WXP,CFIF", "Readiness", "dword:1");

        Assert.Equal(0, hardened.ExitCode);
        Assert.Equal(1, harder.ExitCode);
        Assert.Contains("pre_exec_failure", Status("harder"), StringComparison.Ordinal);
        Guest.Eventually("the log names the step", () => Guest.Execute(new GuestCommand("/bin/evctl", "logs", "peinit")).Output.Contains("(mitigations)", StringComparison.Ordinal));
    }

    [Fact]
    [Rule("PEINIT-081", "PEINIT-164", "PEINIT-166")]
    public void Definitions_AndSettings_AreWatched()
    {
        string key = @"Machine\System\Services\watched";
        Guest.Shell($"regctl new -p '{key}' && regctl set '{key}' ImagePath sz:/bin/true && regctl set '{key}' Type dword:1");
        Guest.Eventually("the new definition is known", () => Guest.Execute(new GuestCommand("/bin/svctl", "status", "watched")).ExitCode == 0);

        // A request of more than this many bytes is refused from now on.
        Guest.Shell(@"regctl new -p 'Machine\System\Init'; regctl set 'Machine\System\Init' MaxRequestSize dword:30");
        Guest.Eventually("the setting counts", () => Guest.Execute(new GuestCommand("/bin/svctl", "status", "watched")).ExitCode != 0);
        Guest.Shell(@"regctl delete 'Machine\System\Init' MaxRequestSize");
        Guest.Eventually("the default counts again", () => Guest.Execute(new GuestCommand("/bin/svctl", "status", "watched")).ExitCode == 0);

        // A newer schema is no reason to give up what is understood.
        Guest.Shell(@"regctl set 'Machine\System\Services' SchemaVersion dword:2; svctl reload-config");
        Guest.Eventually("the log speaks of it", () => Guest.Execute(new GuestCommand("/bin/evctl", "logs", "peinit")).Output.Contains("SchemaVersion is 2", StringComparison.Ordinal));
        Guest.Run("/bin/svctl", "start", "watched");
        Guest.Shell(@"regctl delete 'Machine\System\Services' SchemaVersion");
    }

    [Fact]
    [Rule("PEINIT-097", "PEINIT-098", "PEINIT-103")]
    public void Start_DefinitionOfWrongType_IsRefusedAndOthersRun()
    {
        CommandResult result = Start("wrong", "ImagePath", "dword:7");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal("PONG\n", Guest.Run("/bin/redis-cli", "ping").Output);
    }

    private CommandResult Start(string name, params string[] values)
    {
        ServiceKeys.Define(Guest, name, values);
        return Guest.Execute(new GuestCommand("/bin/svctl", "start", name));
    }

    private string Status(string name) => Guest.Run("/bin/svctl", "status", name, "--json").Output;
}
