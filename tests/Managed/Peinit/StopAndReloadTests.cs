// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Stopping, reload, watchdog, timeout extension and notify messages.</summary>
public sealed class StopAndReloadTests
{
    [Fact]
    [Rule("PEINIT-255", "PEINIT-173")]
    public void Stop_ProcessIgnoresTerm_IsKilledAfterStopTimeoutAndAbandonedAfterFiveMore()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        rig.Holds = e => e.Kind == EffectKind.KillCgroup;
        long request = rig.Stop("a");
        Assert.Equal(15, rig.Of(EffectKind.SendSignal).Single().Number);
        rig.Advance(9.9);
        Assert.Equal(0, rig.Count(EffectKind.KillCgroup, "a"));
        rig.Advance(0.1);
        Assert.Equal(1, rig.Count(EffectKind.KillCgroup, "a"));
        rig.Advance(4.9);
        Assert.Equal(ServiceState.Stopping, rig.State("a"));
        rig.Advance(0.1);
        Assert.Equal((ServiceState.Abandoned, ReplyCode.OperationFailed), (rig.State("a"), rig.ReplyTo(request)!.Value.Code));
        Assert.Equal(JobState.Abandoned, rig.Of(EffectKind.JobEnded).Last().Job!.State);
    }

    [Fact]
    [Rule("PEINIT-256")]
    public void Stop_WithTimeoutZero_KillsAtOnce()
    {
        Rig rig = new(Rig.Simple("a") with { StopTimeout = 0 });
        rig.Up("a");
        rig.Stop("a");
        Assert.Equal((0, ServiceState.Inactive), (rig.Count(EffectKind.SendSignal, "a"), rig.State("a")));
    }

    [Fact]
    [Rule("PEINIT-257", "PEINIT-258")]
    public void Stop_AfterStoppingNotice_SendsNoTermAndKeepsTheTimeout()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        rig.Notify("a", new NotifyFields { Stopping = true });
        rig.Stop("a");
        Assert.Equal(0, rig.Count(EffectKind.SendSignal, "a"));
        rig.Advance(5);
        rig.Notify("a", new NotifyFields { Stopping = true });
        rig.Advance(5);
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-214")]
    public void Stop_DuringAHook_KillsItAndNeverStartsTheMainProcess()
    {
        Rig rig = new(Rig.Simple("a") with { ExecStartPre = [new CommandLine("/h", [])] });
        rig.Start("a");
        rig.Stop("a");
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
        Assert.DoesNotContain(rig.Of(EffectKind.Spawn), e => e.Service!.Name == "a" && e.Job!.Type == JobType.ServiceMain);
    }

    [Fact]
    public void Stop_WhileTheForkIsUnderWay_TermFollowsTheFork()
    {
        Rig rig = new(Rig.Simple("a")) { Holds = e => e.Kind == EffectKind.Spawn };
        rig.Start("a");
        rig.Stop("a");
        Assert.Equal(0, rig.Count(EffectKind.SendSignal, "a"));
        rig.Feed(Input.Spawned(rig.Service("a").MainJob!, 70));
        Assert.Equal(1, rig.Count(EffectKind.SendSignal, "a"));
        rig.Feed(Input.ChildExited(70, -1, 15));
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
    }

    [Theory]
    [InlineData(false, false, 2.0, "advisory")]
    [InlineData(false, true, 0.0, "confirmed")]
    [InlineData(true, true, 20.0, "confirmed")]
    [InlineData(true, false, 30.0, "advisory")]
    [Rule("PEINIT-240", "PEINIT-241")]
    public void Reload_Outcomes_FollowWhatTheServiceSays(bool announces, bool ready, double after, string mode)
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        long request = rig.Command(OperationType.Reload, "a");
        Assert.Equal((ServiceState.Reloading, 1), (rig.State("a"), rig.Of(EffectKind.SendSignal).Single().Number));
        if (announces)
        {
            rig.Notify("a", new NotifyFields { Reloading = true });
        }

        rig.Advance(after);
        if (ready)
        {
            Assert.Equal(ServiceState.Reloading, rig.State("a"));
            rig.Ready("a");
        }

        Assert.Equal((ServiceState.Active, mode), (rig.State("a"), rig.ReplyTo(request)!.Value.Operation!.Result));
        Assert.Equal(announces && !ready, rig.Logged("a").Contains(LogMessage.ReloadUnconfirmed));
    }

    [Fact]
    [Rule("PEINIT-242", "PEINIT-305")]
    public void Reload_MainExits_IsACrashAndFailsTheReload()
    {
        Rig rig = OperationTests.In(ServiceState.Reloading);
        long request = rig.Command(OperationType.Reload, "a");
        rig.Exit("a", 1);
        Assert.Equal((Cause.ProcessCrash, ReplyCode.OperationFailed), (rig.Service("a").Cause, rig.ReplyTo(request)!.Value.Code));
        rig.Advance(10);
        Assert.Equal(ServiceState.Failed, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-240", "PEINIT-244")]
    public void ReloadCommand_StillRunsWhenTheReloadResolves_IsKilled()
    {
        Rig rig = new(Rig.Simple("a") with { ReloadCommand = new CommandLine("/bin/reload", []) });
        rig.Up("a");
        rig.Command(OperationType.Reload, "a");
        Assert.Equal(JobType.ReloadCommand, rig.Service("a").ReloadJob!.Type);
        Assert.Equal(0, rig.Count(EffectKind.SendSignal, "a"));
        rig.Advance(2);
        Assert.Equal((ServiceState.Active, null), (rig.State("a"), rig.Service("a").ReloadJob));
    }

    [Fact]
    [Rule("PEINIT-243")]
    public void Stop_WhileReloading_EndsTheReload()
    {
        Rig rig = OperationTests.In(ServiceState.Reloading);
        long reload = rig.Command(OperationType.Reload, "a");
        rig.Stop("a");
        Assert.Equal((ServiceState.Stopping, ReplyCode.OperationCancelled), (rig.State("a"), rig.ReplyTo(reload)!.Value.Code));
        Assert.Contains(rig.Of(EffectKind.SendSignal), e => e.Number == 15);
    }

    [Fact]
    [Rule("PEINIT-245", "PEINIT-220")]
    public void Watchdog_Silence_KillsAndRestarts()
    {
        Rig rig = new(Rig.Simple("a") with { WatchdogTimeout = 3 });
        rig.Start("a");
        rig.Advance(4);
        rig.Ready("a");
        rig.Advance(2.9);
        rig.Notify("a", new NotifyFields { Watchdog = true });
        rig.Advance(2.9);
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.Advance(0.1);
        Assert.Equal((ServiceState.Starting, Cause.WatchdogTimeout), (rig.State("a"), rig.Service("a").Cause));
    }

    [Fact]
    [Rule("PEINIT-246", "PEINIT-247", "PEINIT-248")]
    public void Watchdog_RuntimeInterval_ReplacesTheSchemaUntilTheProcessEnds()
    {
        Rig rig = new(Rig.Simple("a"), Rig.Simple("b") with { WatchdogTimeout = 3 });
        rig.Up("a");
        rig.Up("b");
        rig.Notify("a", new NotifyFields { WatchdogMicroseconds = 500_000 });
        rig.Notify("b", new NotifyFields { WatchdogMicroseconds = 0 });
        rig.Advance(0.5);
        Assert.Equal(Cause.WatchdogTimeout, rig.Service("a").Cause);
        rig.Advance(100);
        Assert.Equal(ServiceState.Active, rig.State("b"));
        rig.Exit("b", 1);
        rig.Advance(1);
        rig.Ready("b");
        Assert.Equal(3_000_000UL, rig.Service("b").WatchdogMicroseconds);
    }

    [Fact]
    [Rule("PEINIT-249", "PEINIT-250", "PEINIT-252", "PEINIT-310")]
    public void Extend_InStarting_ReplacesTheDeadlineUpToTheCap()
    {
        Rig rig = new(Rig.Simple("a") with { StartTimeout = 10 });
        long request = rig.Start("a");
        rig.Advance(9);
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = 20_000_000 });
        rig.Advance(19);
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = ulong.MaxValue });
        rig.Advance(11.9);
        Assert.Null(rig.ReplyTo(request));
        rig.Advance(0.1);
        Assert.Equal(Cause.ReadinessTimeout, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-249")]
    public void Extend_WithASmallValue_BringsTheDeadlineNearer()
    {
        Rig rig = new(Rig.Simple("a"));
        rig.Start("a");
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = 1_000_000 });
        rig.Advance(1);
        Assert.Equal(Cause.ReadinessTimeout, rig.Service("a").Cause);
    }

    [Fact]
    [Rule("PEINIT-250", "PEINIT-253", "PEINIT-254")]
    public void Extend_OtherStates_FollowTheirOwnCapsOrAreIgnored()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = 1 });
        rig.Advance(1);
        Assert.Equal(ServiceState.Active, rig.State("a"));
        rig.Command(OperationType.Reload, "a");
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = 60_000_000 });
        rig.Advance(59);
        Assert.Equal(ServiceState.Reloading, rig.State("a"));
        rig.Stop("a");
        rig.Notify("a", new NotifyFields { ExtendMicroseconds = 3_600_000_000 });
        rig.Advance(39.9);
        Assert.Equal(ServiceState.Stopping, rig.State("a"));
        rig.Advance(0.2);
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-395", "PEINIT-436")]
    public void Status_IsForwardedAndKeptForThisActivation()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        rig.Notify("a", new NotifyFields { Status = "hello", Errno = "5", ExitStatus = "1" });
        Assert.Equal("hello", rig.Service("a").StatusText);
        Assert.Equal(["STATUS=hello", "ERRNO=5", "EXIT_STATUS=1"], rig.Of(EffectKind.ServiceNotify).Select(e => e.Key + "=" + e.Text));
        rig.Stop("a");
        rig.Exit("a");
        rig.Start("a");
        Assert.Null(rig.Service("a").StatusText);
    }

    [Fact]
    public void Notify_Flood_OfAStranger_IsLoggedOncePerSecond()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        for (int i = 0; i < 1000; i++)
        {
            rig.Feed(Input.Notify(4, new NotifyFields { Ready = true }));
        }

        Assert.Single(rig.Of(EffectKind.Log), e => e.Message == LogMessage.NotifyRejected);
    }

    [Fact]
    [Rule("PEINIT-436")]
    public void Status_Flood_IsCutAndCounted()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        for (int i = 0; i < 1000; i++)
        {
            rig.Notify("a", new NotifyFields { Status = $"{i}" });
        }

        Assert.Equal(NotifyBudget.Burst, rig.Of(EffectKind.ServiceNotify).Count());
        Assert.Equal("999", rig.Service("a").StatusText);
        rig.Advance((double)NotifyBudget.Refill / Rig.Second);
        rig.Notify("a", new NotifyFields { Status = "slow" });
        rig.Notify("a", new NotifyFields { Status = "fast" });
        Effect last = rig.Of(EffectKind.ServiceNotify).Last();
        Assert.Equal("slow", last.Text);
        Assert.Equal(1000 - NotifyBudget.Burst, last.Number);
    }

    [Fact]
    [Rule("PEINIT-355")]
    public void ChildExited_UnknownPid_IsNobodysBusiness()
    {
        Rig rig = OperationTests.In(ServiceState.Active);
        int before = rig.Effects.Count;
        rig.Feed(Input.ChildExited(99_999, 0, 0));
        Assert.Equal(before, rig.Effects.Count);
    }
}
