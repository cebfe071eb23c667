// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>What a definition means: types, triggers, relations, causes, jobs.</summary>
public sealed class ServiceModelTests
{
    private static readonly CommandLine Hook = new("/bin/hook", []);

    [Fact]
    [Rule("PEINIT-001")]
    public void Durations_OfTheRegistry_AreSecondsAndThoseOfMessagesMicroseconds()
    {
        Rig rig = new(Rig.Simple("a") with { StartTimeout = 3 }, Rig.Simple("b") with { StartTimeout = 3 });
        rig.Start("a");
        rig.Start("b");
        rig.Notify("b", new NotifyFields { ExtendMicroseconds = 4_500_000 });
        rig.Advance(2.9);
        Assert.Equal((ServiceState.Starting, Cause.ExplicitStart), (rig.State("a"), rig.Service("a").Cause));
        rig.Advance(0.1);
        Assert.Equal((Cause.ReadinessTimeout, Cause.ExplicitStart), (rig.Service("a").Cause, rig.Service("b").Cause));
        rig.Advance(1.5);
        Assert.Equal(Cause.ReadinessTimeout, rig.Service("b").Cause);
    }

    [Fact]
    [Rule("PEINIT-061")]
    public void Boot_WithoutTrouble_IsFull()
    {
        Rig rig = new(Rig.Simple("a", true));
        Assert.Equal(BootMode.Full, rig.Machine.Mode);
        Assert.Equal((int)BootMode.Full, rig.Of(EffectKind.BootMode).Single().Number);
    }

    [Fact]
    [Rule("PEINIT-084", "PEINIT-088")]
    public void Simple_IsActiveFromReadinessToItsEnd_WhateverRemainAfterExitSays()
    {
        Rig rig = new(Rig.Simple("a") with { RemainAfterExit = true, RestartPolicy = RestartPolicy.OnFailure });
        rig.Start("a");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        rig.Ready("a");
        rig.Advance(100_000);
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.Exit("a");
        Assert.Equal((ServiceState.Failed, Cause.ProcessCrash), (rig.State("a"), rig.Service("a").Cause));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [Rule("PEINIT-089")]
    public void Oneshot_PostHooks_FollowSuccessOnly(int code, bool runs)
    {
        Rig rig = new(Rig.Oneshot("a") with { ExecStartPost = [Hook], RestartPolicy = RestartPolicy.Never });
        rig.Start("a");
        Assert.Null(rig.Service("a").HookJob);
        rig.Exit("a", code);
        Assert.Equal(runs, rig.Of(EffectKind.Spawn).Any(e => e.Job!.Type == JobType.PostExecHook));
    }

    [Fact]
    [Rule("PEINIT-089")]
    public void Oneshot_StartTimeout_RunsFromTheFirstHookToTheExit()
    {
        Rig rig = new(Rig.Oneshot("a") with { ExecStartPre = [Hook], StartTimeout = 10, RestartPolicy = RestartPolicy.Never });
        rig.Start("a");
        rig.Advance(6);
        rig.ExitHook("a");
        rig.Advance(3.9);
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        rig.Advance(0.1);
        Assert.Equal((ServiceState.Failed, Cause.ReadinessTimeout), (rig.State("a"), rig.Service("a").Cause));
    }

    [Fact]
    [Rule("PEINIT-091")]
    public void Service_WithoutTrigger_StartsByDependencyOrCommandOnly()
    {
        Rig rig = new(Rig.Simple("a", true) with { Requires = ["needed"] }, Rig.Simple("idle"), Rig.Simple("needed"));
        Assert.Equal((ServiceState.Starting, ServiceState.Inactive), (rig.State("needed"), rig.State("idle")));
        rig.Start("idle");
        Assert.Equal(ServiceState.Starting, rig.State("idle"));
    }

    [Theory]
    [InlineData(Readiness.Alive, true, true)]
    [InlineData(Readiness.Alive, false, false)]
    [InlineData(Readiness.Notify, true, false)]
    [Rule("PEINIT-105")]
    public void Alive_OfARequiredService_IsWarnedOf(Readiness readiness, bool requires, bool warns)
    {
        ServiceDefinition a = Rig.Simple("a");
        Rig rig = new(requires ? a with { Requires = ["b"] } : a with { Wants = ["b"] }, Rig.Simple("b") with { Readiness = readiness });
        Assert.Equal(warns, rig.Logged("b").Contains(LogMessage.DefinitionWarning));
        rig.Start("a");
        Assert.Equal(ServiceState.Starting, readiness == Readiness.Alive ? rig.State("a") : rig.State("b"));
    }

    [Fact]
    [Rule("PEINIT-160", "PEINIT-162")]
    public void ReloadConfig_RelationsAndDisabled_CountForServicesThatDoNotRun()
    {
        Rig rig = new(Rig.Simple("a") with { Wants = ["b"] }, Rig.Simple("b"), Rig.Simple("c"));
        ServiceDefinition[] changed = [Rig.Simple("a") with { Wants = ["b", "c"] }, Rig.Simple("b") with { Disabled = true }, Rig.Simple("c")];
        rig.Feed(Input.ReloadConfiguration(new Configuration { Definitions = changed }, 9));
        rig.Start("a");
        Assert.Equal((ServiceState.Inactive, ServiceState.Starting), (rig.State("b"), rig.State("c")));
    }

    [Fact]
    [Rule("PEINIT-199")]
    public void Watchdog_IsArmedAfterThePostHooks()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPost = [Hook], WatchdogTimeout = 2 });
        rig.Up("a");
        rig.Advance(5);
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.ExitHook("a");
        rig.Advance(1.9);
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.Advance(0.1);
        Assert.Equal(Cause.WatchdogTimeout, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-215", "PEINIT-214")]
    public void Start_FromCompletedWithAFailingCondition_PassesThroughInactive()
    {
        Rig rig = new(Rig.Oneshot("a") with { Conditions = [new StartCheck(CheckKind.Path, "/x")] });
        rig.Start("a");
        rig.Exit("a");
        rig.Holds = e => e.Kind == EffectKind.RunChecks;
        rig.Start("a");
        rig.Feed(Input.ChecksDone(rig.Service("a"), rig.Of(EffectKind.RunChecks)[^1].Number, CheckOutcome.ConditionFailed, "path:/x"));
        Assert.Equal(["a Completed>Inactive ExplicitStart", "a Inactive>Skipped ConditionSkipped"], rig.Transitions.TakeLast(2));
    }

    [Fact]
    [Rule("PEINIT-223")]
    public void Causes_AreTheTwentyTwoOfTheSheet_AndEveryTransitionHasOne()
    {
        Assert.Equal(22, Enum.GetValues<Cause>().Count(c => c != Cause.None));
        Rig rig = new(Rig.Simple("a") with { RestartMaxRetries = 1 });
        rig.Up("a");
        rig.Exit("a", 1);
        rig.Advance(10);
        rig.Exit("a", 1);
        Assert.All(rig.Of(EffectKind.Transition), e => Assert.NotEqual(Cause.None, e.Cause));
        Assert.Equal(Cause.RestartBudgetExhausted, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-225")]
    public void OnFailure_MissingTargetOrShutdown_StartsNothing()
    {
        Rig rig = new(
            Rig.Simple("a") with { OnFailure = "nobody", RestartPolicy = RestartPolicy.Never },
            Rig.Simple("b") with { OnFailure = "c", RestartPolicy = RestartPolicy.Never }, Rig.Simple("c"));
        rig.Up("a");
        rig.Start("b");
        rig.Exit("a", 1);
        Assert.Contains(LogMessage.FailureTargetMissing, rig.Logged("a"));
        rig.Feed(Input.Shutdown(1, ShutdownType.Poweroff));
        Assert.Equal((ServiceState.Failed, ServiceState.Inactive), (rig.State("b"), rig.State("c")));
    }

    [Fact]
    [Rule("PEINIT-268")]
    public void Order_HoldsForStartsAndNotForStops()
    {
        Rig rig = new(Rig.Simple("a") with { Wants = ["b"] }, Rig.Simple("b"), Rig.Simple("c"), Rig.Simple("d") with { Requires = ["c"] });
        rig.Start("a");
        rig.Start("d");
        Assert.Equal((ServiceState.Inactive, ServiceState.Inactive), (rig.State("a"), rig.State("d")));
        rig.Ready("b");
        rig.Ready("c");
        rig.Ready("a");
        rig.Ready("d");
        rig.Stop("b");
        rig.Stop("c");
        Assert.All(["b", "c"], n => Assert.Equal(ServiceState.Stopping, rig.State(n)));
        Assert.All(["a", "d"], n => Assert.Equal(ServiceState.Active, rig.State(n)));
    }

    [Fact]
    [Rule("PEINIT-269", "PEINIT-278")]
    public void DemandStart_InvalidFarBelow_StartsNothingOfWhatNeedsIt()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b") with { Requires = ["c"] }, Rig.Simple("c") with { Requires = ["nobody"] });
        rig.Start("a");
        Assert.Equal(0, rig.Of(EffectKind.Spawn).Count(e => e.Service!.Name != "registryd"));
        Assert.All(["a", "b", "c"], n => Assert.Equal(Cause.DependencyFailure, rig.Service(n).Cause));
    }

    [Fact]
    [Rule("PEINIT-278")]
    public void DemandStart_TakesTheWholeClosureWithinTheLimit()
    {
        ServiceDefinition[] all = [Rig.Simple("a") with { Requires = ["b"], Wants = ["c"] }, Rig.Simple("b") with { BindsTo = ["d"] }, Rig.Simple("c"), Rig.Simple("d")];
        Rig rig = new(new Configuration { Definitions = all, MaxParallelStarts = 1 });
        rig.Start("a");
        Assert.Equal((ServiceState.Starting, ServiceState.Inactive), (rig.State("c"), rig.State("d")));
        rig.Ready("c");
        Assert.Equal((ServiceState.Starting, ServiceState.Inactive), (rig.State("d"), rig.State("b")));
        rig.Ready("d");
        rig.Ready("b");
        rig.Ready("a");
        Assert.All(["a", "b", "c", "d"], n => Assert.Equal(ServiceState.Active, rig.State(n)));
    }

    [Fact]
    [Rule("PEINIT-277")]
    public void Failure_OfATarget_LeavesRunningDependentsAlone()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b") with { RestartPolicy = RestartPolicy.Never }, Rig.Simple("w") with { Requires = ["b"] });
        rig.Start("a");
        rig.Ready("b");
        rig.Ready("a");
        rig.Stop("b");
        rig.Exit("b");
        rig.Start("w");
        rig.Exit("b", 1);
        Assert.Equal((ServiceState.Active, ServiceState.Failed), (rig.State("a"), rig.State("w")));
    }

    [Fact]
    [Rule("PEINIT-283", "PEINIT-284", "PEINIT-289")]
    public void Jobs_EndAsTheirProcessesDid()
    {
        Rig rig = new(
            Rig.Oneshot("good"), Rig.Oneshot("bad") with { RestartPolicy = RestartPolicy.Never },
            Rig.Oneshot("unborn") with { RestartPolicy = RestartPolicy.Never }, Rig.Simple("stuck"))
        {
            Holds = e => (e.Kind == EffectKind.Spawn && e.Service!.Name == "unborn") || (e.Kind == EffectKind.KillCgroup && e.Service!.Name == "stuck"),
        };
        rig.Start("good");
        Assert.Equal(JobState.Running, rig.Service("good").MainJob!.State);
        rig.Exit("good");
        rig.Start("bad");
        rig.Exit("bad", 3);
        rig.Start("unborn");
        Assert.Equal(JobState.Created, rig.Service("unborn").MainJob!.State);
        rig.Feed(Input.SpawnFailed(rig.Service("unborn").MainJob!, 12));
        rig.Up("stuck");
        rig.Stop("stuck");
        rig.Advance(20);
        string[] ended = [.. rig.Of(EffectKind.JobEnded).Select(e => $"{e.Job!.Service.Name} {e.Job.State}").Where(t => !t.StartsWith("registryd", StringComparison.Ordinal))];
        Assert.Equal(["good Completed", "bad Failed", "unborn Failed", "stuck Abandoned"], ended);
        Assert.All(rig.Machine.Jobs, job => Assert.Equal("registryd", job.Service.Name));
    }

    [Fact]
    [Rule("PEINIT-285")]
    public void Jobs_HaveTheirTypes()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPre = [Hook], ExecStartPost = [Hook], ReloadCommand = Hook });
        rig.Start("a");
        rig.ExitHook("a");
        rig.Ready("a");
        rig.ExitHook("a");
        rig.Command(OperationType.Reload, "a");
        Assert.Equal(
            [JobType.PreExecHook, JobType.ServiceMain, JobType.PostExecHook, JobType.ReloadCommand],
            rig.Of(EffectKind.JobCreated).Where(e => e.Job!.Service.Name == "a").Select(e => e.Job!.Type));
    }

    [Fact]
    [Rule("PEINIT-322")]
    public void Reload_BesideAnotherOperation_IsRefusedAtOnce()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Start("a");
        long request = rig.Command(OperationType.Reload, "a");
        Assert.Equal(ReplyCode.InvalidState, rig.ReplyTo(request)!.Value.Code);
        rig.Ready("a");
        Assert.Equal(ServiceState.Active, rig.State("a"));
    }

    [Theory]
    [InlineData(ShutdownType.Poweroff)]
    [InlineData(ShutdownType.Reboot)]
    [InlineData(ShutdownType.Halt)]
    [Rule("PEINIT-354")]
    public void Shutdown_Type_ReachesTheEnd(ShutdownType type)
    {
        Rig rig = new(Rig.Simple("a", true));
        rig.Feed(Input.Shutdown(1, type));
        rig.Advance(100);
        Assert.Equal((int)type, rig.Of(EffectKind.FinishShutdown).Single().Number);
    }
}
