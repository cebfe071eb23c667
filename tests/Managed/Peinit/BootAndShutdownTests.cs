// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Phase 1 and 2 as the core sees them, the success of a boot, and the way down.</summary>
public sealed class BootAndShutdownTests
{
    private static readonly ServiceDefinition Registryd = new() { Name = "registryd", ImagePath = "/r", Identity = "SYSTEM", Critical = true };

    [Fact]
    [Rule("PEINIT-041", "PEINIT-043", "PEINIT-074")]
    public void Phase1_RegistrydNotReadyIn30Seconds_IsRecoveryAndNoReboot()
    {
        Rig rig = new(new Configuration { Definitions = [Rig.Simple("a", true)] }, false);
        rig.Feed(Input.StartPhase1(Registryd, BootMode.Full));
        rig.Advance(30);
        Assert.Equal((1, 0), (rig.Count(EffectKind.EnterRecovery), rig.Count(EffectKind.CriticalReboot)));
        rig.Feed(Input.StartPhase2(rig.Configuration));
        Assert.Equal((BootMode.Recovery, null), (rig.Machine.Mode, rig.Machine.FindService("a")));
    }

    [Fact]
    [Rule("PEINIT-074", "PEINIT-077")]
    public void Recovery_FromTheStart_TriesRegistrydAndSignalsLeadStraightDown()
    {
        Rig rig = new(new Configuration { Definitions = [] }, false);
        rig.Feed(Input.StartPhase1(Registryd, BootMode.Recovery));
        rig.Exit("registryd", 1);
        Assert.Equal(0, rig.Count(EffectKind.CriticalReboot) + rig.Count(EffectKind.Phase1Ready));
        rig.Feed(Input.Signal(2));
        Assert.Equal((int)ShutdownType.Reboot, rig.Of(EffectKind.FinishShutdown).Single().Number);
    }

    [Fact]
    [Rule("PEINIT-051", "PEINIT-073")]
    public void Load_TimesOut_IsRecovery()
    {
        Rig rig = new(new Configuration { Definitions = [] }, false);
        rig.Feed(Input.StartPhase1(Registryd, BootMode.Full));
        rig.Ready("registryd");
        rig.Feed(Input.EnterRecovery("registry timeout"));
        Assert.Equal("registry timeout", rig.Of(EffectKind.EnterRecovery).Single().Text);
        Assert.Equal(ServiceState.Active, rig.State("registryd"));
    }

    [Fact]
    [Rule("PEINIT-044")]
    public void Registryd_EntryInTheRegistry_OnlyAddsTexts()
    {
        Rig rig = new(Registryd with { Name = "RegistryD", ImagePath = "/evil", Description = "d", Security = [1], Critical = false });
        ServiceDefinition model = rig.Service("registryd").Model!;
        Assert.Equal(("/r", "d", true), (model.ImagePath, model.Description, model.Critical));
        Assert.Equal([1], model.Security!);
        rig.Feed(Input.DefinitionRemoved("registryd"));
        Assert.NotNull(rig.Service("registryd").Model);
    }

    [Fact]
    [Rule("PEINIT-052", "PEINIT-053", "PEINIT-093")]
    public void Boot_StartsTriggeredServicesAndWhatTheyNeed()
    {
        Rig rig = new(
            Rig.Simple("a", true) with { Requires = ["r"], Wants = ["w"] }, Rig.Simple("r"), Rig.Simple("w"), Rig.Simple("other"),
            Rig.Simple("off", true) with { Disabled = true });
        Assert.Equal((ServiceState.Starting, ServiceState.Starting), (rig.State("r"), rig.State("w")));
        Assert.Equal((ServiceState.Inactive, ServiceState.Inactive), (rig.State("other"), rig.State("off")));
        Assert.Equal(OperationSource.Boot, rig.Service("a").CurrentOperation!.Source);
    }

    [Fact]
    [Rule("PEINIT-059", "PEINIT-273")]
    public void Boot_ConflictOfTwoBootServices_FailsBothAndNobodyElse()
    {
        Rig rig = new(Rig.Simple("a", true) with { Conflicts = ["b"] }, Rig.Simple("b", true), Rig.Simple("c", true));
        Assert.Equal((Cause.ValidationError, Cause.ValidationError), (rig.Service("a").Cause, rig.Service("b").Cause));
        Assert.Equal(ServiceState.Starting, rig.State("c"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Rule("PEINIT-054", "PEINIT-272")]
    public void Boot_CriticalInTrouble_GoesToRecoveryBecauseSafeModeIsNotBuilt(bool cycle)
    {
        ServiceDefinition b = Rig.Simple("b", true) with { Critical = true };
        Rig rig = new(Rig.Simple("a", true) with { Requires = cycle ? ["b"] : [], Conflicts = cycle ? [] : ["b"] }, cycle ? b with { Requires = ["a"] } : b);
        Assert.Contains("Safe mode is not built", rig.Of(EffectKind.EnterRecovery).Single().Text!, System.StringComparison.Ordinal);
        Assert.Equal((ServiceState.Inactive, BootMode.Recovery), (rig.State("b"), rig.Machine.Mode));
    }

    [Fact]
    [Rule("PEINIT-156")]
    public void Boot_ModelChangesMeanwhile_WaitUntilTheLastStartHasSettled()
    {
        Rig rig = new(Rig.Simple("a", true));
        rig.Feed(Input.DefinitionChanged(Rig.Simple("new")));
        Assert.Null(rig.Machine.FindService("new"));
        rig.Ready("a");
        Assert.Equal(1, rig.Count(EffectKind.BootSettled));
        Assert.NotNull(rig.Machine.FindService("new"));
    }

    [Fact]
    [Rule("PEINIT-062", "PEINIT-063")]
    public void Boot_CriticalServicesUpForTheGrace_IsSuccessfulOnce()
    {
        Rig rig = new(Rig.Simple("a", true) with { Critical = true }, Rig.Oneshot("o", false) with { Critical = true, BootTrigger = true });
        rig.Ready("a");
        rig.Exit("o");
        rig.Advance(20);
        rig.Exit("a", 1);
        rig.Advance(1);
        rig.Ready("a");
        rig.Advance(29.9);
        Assert.Equal(0, rig.Count(EffectKind.BootSucceeded));
        rig.Advance(0.1);
        rig.Exit("a", 1);
        rig.Advance(2);
        rig.Ready("a");
        rig.Advance(100);
        Assert.Equal(1, rig.Count(EffectKind.BootSucceeded));
    }

    [Fact]
    [Rule("PEINIT-281", "PEINIT-358", "PEINIT-362", "PEINIT-363")]
    public void Shutdown_StopsInReverseWavesAndPlatformDaemonsLast()
    {
        Rig rig = new(
            Rig.Simple("app", true) with { Requires = ["db"], Wants = ["eventd"] }, Rig.Simple("db", true), Rig.Simple("other", true),
            Rig.Simple("eventd", true), Rig.Simple("authd", true), Rig.Simple("lpsd", true), Rig.Oneshot("once") with { BootTrigger = true });
        foreach (string name in new[] { "authd", "db", "eventd", "lpsd", "other", "app" })
        {
            rig.Ready(name);
        }

        rig.Exit("once");
        rig.Feed(Input.Shutdown(1, ShutdownType.Poweroff));
        Assert.Equal((ReplyCode.Ok, ServiceState.Inactive), (rig.ReplyTo(1)!.Value.Code, rig.State("once")));
        foreach (string wave in new[] { "app other", "db", "eventd", "authd", "lpsd", "registryd" })
        {
            Assert.Equal(wave, string.Join(' ', rig.Machine.Services.Where(s => s.State == ServiceState.Stopping).Select(s => s.Name)));
            foreach (string name in wave.Split(' '))
            {
                Assert.Equal(Cause.ShutdownWave, rig.Service(name).Cause);
                rig.Exit(name);
            }
        }

        Assert.Equal((EffectKind.FinishShutdown, (int)ShutdownType.Poweroff), (rig.Effects[^1].Kind, rig.Effects[^1].Number));
    }

    [Fact]
    [Rule("PEINIT-359", "PEINIT-360", "PEINIT-361", "PEINIT-364", "PEINIT-365")]
    public void Shutdown_DuringBoot_KillsWhatStartsAndStartsNothing()
    {
        Rig rig = new(Rig.Simple("a", true), Rig.Simple("b", true) with { Requires = ["a"], OnFailure = "c" }, Rig.Simple("c"));
        long waiting = rig.Start("b");
        rig.Feed(Input.Signal(15));
        Assert.Equal((ServiceState.Failed, Cause.ShutdownWave), (rig.State("a"), rig.Service("a").Cause));
        Assert.Equal(ReplyCode.OperationCancelled, rig.ReplyTo(waiting)!.Value.Code);
        Assert.Equal(ReplyCode.ShuttingDown, rig.ReplyTo(rig.Start("c"))!.Value.Code);
        Assert.Equal((ServiceState.Inactive, ServiceState.Inactive), (rig.State("b"), rig.State("c")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Rule("PEINIT-359")]
    public void Shutdown_WhileATokenIsUnderWay_ForksNothingMore(bool reload)
    {
        CommandLine command = new("/bin/x", []);
        ServiceDefinition daemon = Rig.Simple("eventd");
        Rig rig = new(reload ? daemon with { ReloadCommand = command } : daemon with { ExecStartPost = [command] }, Rig.Simple("app"));
        rig.Up("app");
        rig.Holds = e => e.Kind == EffectKind.RequestToken;
        rig.Start("eventd");
        rig.Feed(Input.TokenReady(rig.Service("eventd").MainJob!));
        rig.Ready("eventd");
        rig.Command(OperationType.Reload, "eventd", false);
        Job waiting = rig.Machine.Jobs.Single(job => job.Step == JobStep.Token);
        rig.Feed(Input.Signal(15));
        int spawned = rig.Count(EffectKind.Spawn);
        rig.Feed(Input.TokenReady(waiting));
        Assert.Equal((spawned, JobState.Failed), (rig.Count(EffectKind.Spawn), waiting.State));
    }

    [Fact]
    [Rule("PEINIT-238", "PEINIT-359")]
    public void Shutdown_CriticalServiceCrashes_NeitherRebootsNorRestarts()
    {
        Rig rig = new(Rig.Simple("a", true) with { Critical = true }, Rig.Simple("b", true) with { Requires = ["a"] });
        rig.Ready("a");
        rig.Ready("b");
        rig.Feed(Input.Signal(15));
        rig.Exit("a", 1);
        Assert.Equal((0, ServiceState.Failed), (rig.Count(EffectKind.CriticalReboot), rig.State("a")));
    }

    [Fact]
    [Rule("PEINIT-367", "PEINIT-358")]
    public void Shutdown_Overdue_KillsEverythingAndGoesOn()
    {
        Rig rig = new(new Configuration { Definitions = [Rig.Simple("a", true) with { StopTimeout = 1000 }], ShutdownTimeout = 20 });
        rig.Ready("a");
        rig.Holds = e => e.Kind == EffectKind.KillCgroup;
        rig.Feed(Input.Signal(15));
        rig.Advance(19.9);
        Assert.Equal((0, ServiceState.Active), (rig.Count(EffectKind.KillCgroup), rig.State("registryd")));
        rig.Advance(5.2);
        Assert.Equal((ServiceState.Abandoned, ServiceState.Abandoned), (rig.State("a"), rig.State("registryd")));
        Assert.Equal(EffectKind.FinishShutdown, rig.Effects[^1].Kind);
    }

    [Fact]
    [Rule("PEINIT-251", "PEINIT-368")]
    public void Shutdown_ExtendTimeout_EndsWithShutdownTimeout()
    {
        Rig rig = new(new Configuration { Definitions = [Rig.Simple("a", true) with { StopTimeout = 60 }], ShutdownTimeout = 20 });
        rig.Ready("a");
        rig.Feed(Input.Signal(15));
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = 100_000_000 });
        Assert.Equal(rig.Now + (20 * Rig.Second), rig.Service("a").PhaseDeadline.At);
    }

    [Fact]
    [Rule("PEINIT-355", "PEINIT-356", "PEINIT-357")]
    public void Interrupts_ThirdWithinFiveSeconds_ForcesTheReboot()
    {
        Rig rig = new(Rig.Simple("a", true));
        rig.Ready("a");
        rig.Feed(Input.Signal(1));
        Assert.False(rig.Machine.IsShuttingDown);
        rig.Feed(Input.Signal(2));
        rig.Advance(3);
        rig.Feed(Input.Signal(2));
        rig.Advance(3);
        rig.Feed(Input.Signal(2));
        Assert.Equal((0, ShutdownType.Reboot), (rig.Count(EffectKind.ForceReboot), rig.Machine.Shutdown.Type));
        rig.Advance(1);
        rig.Feed(Input.Signal(2));
        Assert.Equal(EffectKind.ForceReboot, rig.Effects[^1].Kind);
    }

    [Fact]
    [Rule("PEINIT-356")]
    public void Interrupts_WhileUnmounting_ForceTheRebootToo()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Feed(Input.Signal(15));
        rig.Exit("registryd");
        Assert.Equal(EffectKind.FinishShutdown, rig.Effects[^1].Kind);
        rig.Feed(Input.Signal(2));
        rig.Feed(Input.Signal(2));
        Assert.Equal(0, rig.Count(EffectKind.ForceReboot));
        rig.Feed(Input.Signal(2));
        rig.Feed(Input.Signal(2));
        Assert.Equal(1, rig.Count(EffectKind.ForceReboot));
    }

    [Fact]
    [Rule("PEINIT-357")]
    public void Shutdown_SecondRequest_IsRefusedAndTheFirstTypeStays()
    {
        Rig rig = new(Rig.Simple("a", true));
        rig.Feed(Input.Shutdown(1, ShutdownType.Halt));
        rig.Feed(Input.Shutdown(2, ShutdownType.Reboot));
        Assert.Equal((ReplyCode.ShuttingDown, ShutdownType.Halt), (rig.ReplyTo(2)!.Value.Code, rig.Machine.Shutdown.Type));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Rule("PEINIT-030")]
    public void Shutdown_BootCounter_IsResetOnlyIfEveryCriticalServiceWasUp(bool up)
    {
        Rig rig = new(Rig.Simple("a", true) with { Critical = true });
        if (up)
        {
            rig.Ready("a");
        }

        rig.Feed(Input.Signal(15));
        foreach (string name in up ? new[] { "a", "registryd" } : ["registryd"])
        {
            rig.Exit(name);
        }

        Assert.Equal(up, rig.Of(EffectKind.FinishShutdown).Single().Flag);
    }

    [Fact]
    [Rule("PEINIT-362")]
    public void Shutdown_OrderIsCircular_StillEnds()
    {
        Rig rig = new(Rig.Simple("a"), Rig.Simple("b") with { Requires = ["a"] });
        rig.Up("a");
        rig.Start("b");
        rig.Ready("b");
        rig.Feed(Input.DefinitionChanged(Rig.Simple("b")));
        rig.Feed(Input.DefinitionChanged(Rig.Simple("a") with { Requires = ["b"] }));
        rig.Command(OperationType.Restart, "a");
        rig.Exit("a");
        rig.Ready("a");
        rig.Feed(Input.Signal(15));
        Assert.Equal((ServiceState.Stopping, ServiceState.Stopping), (rig.State("a"), rig.State("b")));
        Assert.Contains(LogMessage.ShutdownOrderBroken, rig.Effects.Select(e => e.Message));
    }
}
