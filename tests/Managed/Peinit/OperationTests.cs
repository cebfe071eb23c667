// SPDX-License-Identifier: MIT
using System.Linq;
using Peinit.Core;
using Xunit;

namespace Peios.Tests.Peinit;

/// <summary>Commands against states and against each other: both tables of the sheet, cell by cell.</summary>
public sealed class OperationTests
{
    // Columns as in PEINIT-392: Inactive Starting Active Reloading Stopping Completed Failed Abandoned Skipped.
    // ok: accepted; err: INVALID_STATE; busy: OPERATION_IN_PROGRESS.
    [Theory]
    [InlineData(OperationType.Start, "ok ok ok ok ok ok ok err ok")]
    [InlineData(OperationType.Stop, "ok ok ok ok ok ok ok err ok")]
    [InlineData(OperationType.Restart, "ok ok ok ok ok ok ok err ok")]
    [InlineData(OperationType.Reload, "err err ok ok err err err err err")]
    [InlineData(OperationType.Reset, "ok busy err busy busy err ok ok ok")]
    [Rule("PEINIT-392", "PEINIT-317")]
    public void Command_InEachState_IsAnsweredByTheTable(OperationType type, string cells)
    {
        string[] expected = cells.Split(' ');
        for (int i = 0; i < expected.Length; i++)
        {
            Rig rig = In((ServiceState)i);
            ReplyCode code = rig.ReplyTo(rig.Command(type, "a", false))!.Value.Code;
            string got = code switch { ReplyCode.Ok => "ok", ReplyCode.InvalidState => "err", ReplyCode.OperationInProgress => "busy", _ => code.ToString() };
            Assert.Equal($"{(ServiceState)i}: {expected[i]}", $"{(ServiceState)i}: {got}");
        }
    }

    [Theory]
    [InlineData(ServiceState.Inactive, ServiceState.Inactive)]
    [InlineData(ServiceState.Starting, ServiceState.Stopping)]
    [InlineData(ServiceState.Active, ServiceState.Stopping)]
    [InlineData(ServiceState.Reloading, ServiceState.Stopping)]
    [InlineData(ServiceState.Completed, ServiceState.Inactive)]
    [InlineData(ServiceState.Failed, ServiceState.Failed)]
    [InlineData(ServiceState.Skipped, ServiceState.Skipped)]
    [Rule("PEINIT-214", "PEINIT-392", "PEINIT-387")]
    public void Stop_InEachState_LeadsToTheTablesState(ServiceState from, ServiceState to)
    {
        Rig rig = In(from);
        Effect reply = rig.ReplyTo(rig.Command(OperationType.Stop, "a", false))!.Value;
        Assert.Equal(to, rig.State("a"));
        Assert.NotNull(reply.Operation);
    }

    [Fact]
    [Rule("PEINIT-315", "PEINIT-318", "PEINIT-393")]
    public void Start_BesideRunningStart_Merges()
    {
        Rig rig = In(ServiceState.Starting);
        Operation first = rig.Service("a").RunningOperation!;
        long second = rig.Start("a");
        Operation merged = rig.Of(EffectKind.OperationEnded).Last().Operation!;
        Assert.Equal((OperationState.Merged, first.Id), (merged.State, merged.MergedInto));
        rig.Ready("a");
        Assert.Same(first, rig.ReplyTo(second)!.Value.Operation);
    }

    [Fact]
    [Rule("PEINIT-315", "PEINIT-214")]
    public void Stop_BesideRunningStart_AbortsItAndStops()
    {
        Rig rig = In(ServiceState.Starting);
        Operation start = rig.Service("a").RunningOperation!;
        rig.Stop("a");
        Assert.Equal((OperationState.Aborted, ServiceState.Stopping), (start.State, rig.State("a")));
        rig.Exit("a");
        Assert.Equal((ServiceState.Inactive, Cause.ExplicitStop), (rig.State("a"), rig.Service("a").Cause));
    }

    [Fact]
    [Rule("PEINIT-315", "PEINIT-302")]
    public void Start_BesideRunningStop_QueuesAndRunsAfterIt()
    {
        Rig rig = In(ServiceState.Stopping);
        long start = rig.Start("a");
        Assert.Null(rig.ReplyTo(start));
        rig.Exit("a");
        Assert.Equal(ServiceState.Starting, rig.State("a"));
        rig.Ready("a");
        Assert.Equal(ReplyCode.Ok, rig.ReplyTo(start)?.Code);
    }

    [Fact]
    [Rule("PEINIT-321", "PEINIT-255")]
    public void Stop_BesideRestartInItsStopPart_TakesItOverWithoutASecondTerm()
    {
        Rig rig = In(ServiceState.Active);
        long restart = rig.Command(OperationType.Restart, "a");
        long deadline = rig.Service("a").PhaseDeadline.At;
        rig.Advance(3);
        rig.Stop("a");
        Assert.Equal(1, rig.Count(EffectKind.SendSignal, "a"));
        Assert.Equal(deadline, rig.Service("a").PhaseDeadline.At);
        rig.Exit("a");
        Assert.Equal((ServiceState.Inactive, ReplyCode.OperationCancelled), (rig.State("a"), rig.ReplyTo(restart)?.Code));
    }

    [Fact]
    [Rule("PEINIT-306", "PEINIT-214")]
    public void Restart_OfActive_IsOneOperationOverBothPhases()
    {
        Rig rig = In(ServiceState.Active);
        long restart = rig.Command(OperationType.Restart, "a");
        rig.Exit("a");
        Assert.Equal((ServiceState.Starting, Cause.ExplicitStart), (rig.State("a"), rig.Service("a").Cause));
        Assert.Null(rig.ReplyTo(restart));
        rig.Ready("a");
        Effect reply = rig.ReplyTo(restart)!.Value;
        Assert.Equal((ReplyCode.Ok, OperationType.Restart), (reply.Code, reply.Operation!.Type));
        Assert.Equal(0, rig.Service("a").Restarts.Count);
    }

    [Fact]
    [Rule("PEINIT-319")]
    public void Stop_BesideQueuedRestartBehindAStop_CancelsTheOneAndMergesWithTheOther()
    {
        Rig rig = In(ServiceState.Stopping);
        Operation running = rig.Service("a").RunningOperation!;
        long restart = rig.Command(OperationType.Restart, "a");
        long stop = rig.Stop("a");
        rig.Exit("a");
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
        Assert.Equal(ReplyCode.OperationCancelled, rig.ReplyTo(restart)?.Code);
        Assert.Same(running, rig.ReplyTo(stop)!.Value.Operation);
    }

    [Fact]
    [Rule("PEINIT-320")]
    public void Queue_SeventeenthPending_IsRefused()
    {
        Rig rig = In(ServiceState.Stopping);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(ReplyCode.Ok, rig.ReplyTo(rig.Command(OperationType.Restart, "a", false))?.Code);
        }

        Assert.Equal(ReplyCode.QueueFull, rig.ReplyTo(rig.Command(OperationType.Restart, "a", false))?.Code);
    }

    [Fact]
    [Rule("PEINIT-310", "PEINIT-312")]
    public void Start_PendingOutlivesItsTime_FailsAndLeavesTheServiceAlone()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"], StartTimeout = 5 }, Rig.Simple("b") with { StartTimeout = 60 });
        long request = rig.Start("a");
        rig.Advance(5);
        Effect reply = rig.ReplyTo(request)!.Value;
        Assert.Equal((ReplyCode.Timeout, "timeout"), (reply.Code, reply.Operation!.Result));
        Assert.Equal((ServiceState.Inactive, Cause.None), (rig.State("a"), rig.Service("a").Cause));
        rig.Ready("b");
        Assert.Equal(ServiceState.Inactive, rig.State("a"));
    }

    [Fact]
    [Rule("PEINIT-311")]
    public void Start_OfADependency_HasNoClockWhileItWaits()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"], StartTimeout = 100 }, Rig.Simple("b") with { Requires = ["c"], StartTimeout = 5 }, Rig.Simple("c"));
        rig.Start("a");
        rig.Advance(20);
        rig.Ready("c");
        Assert.Equal(ServiceState.Starting, rig.State("b"));
    }

    [Fact]
    [Rule("PEINIT-315")]
    public void Restart_BesideRunningStart_QueuesUntilItHasEnded()
    {
        Rig rig = In(ServiceState.Starting);
        long restart = rig.Command(OperationType.Restart, "a");
        rig.Ready("a");
        Assert.Equal(ServiceState.Stopping, rig.State("a"));
        rig.Exit("a");
        rig.Ready("a");
        Assert.Equal((ServiceState.Active, ReplyCode.Ok), (rig.State("a"), rig.ReplyTo(restart)!.Value.Code));
    }

    [Fact]
    [Rule("PEINIT-310", "PEINIT-311")]
    public void Start_OfADependency_HasItsTimeOnceItRuns()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"], StartTimeout = 100 }, Rig.Simple("b") with { StartTimeout = 5 });
        rig.Start("a");
        Operation start = rig.Service("b").RunningOperation!;
        rig.Advance(5);
        Assert.Equal((OperationState.Failed, "timeout"), (start.State, start.Result));
        Assert.Equal((ServiceState.Starting, ServiceState.Inactive), (rig.State("b"), rig.State("a")));
    }

    [Fact]
    [Rule("PEINIT-313")]
    public void Ended_After60Seconds_IsForgotten()
    {
        Rig rig = In(ServiceState.Inactive);
        Operation operation = rig.ReplyTo(rig.Stop("a"))!.Value.Operation!;
        Assert.Same(operation, rig.Machine.FindOperation(operation.Id, new Moment(rig.Now + (59 * Rig.Second), 0)));
        Assert.Null(rig.Machine.FindOperation(operation.Id, new Moment(rig.Now + (60 * Rig.Second), 0)));
    }

    [Fact]
    [Rule("PEINIT-303", "PEINIT-314")]
    public void Operations_Always_AreRequestedOnceAndEndOnce()
    {
        Rig rig = In(ServiceState.Active);
        rig.Command(OperationType.Restart, "a");
        rig.Exit("a");
        rig.Ready("a");
        rig.Command(OperationType.Reload, "a");
        rig.Stop("a");
        rig.Exit("a");
        Assert.Equal(rig.Of(EffectKind.OperationRequested).Select(e => e.Operation!.Id).Order(), rig.Of(EffectKind.OperationEnded).Select(e => e.Operation!.Id).Order());
        Assert.All(rig.Of(EffectKind.OperationEnded), e => Assert.True(e.Operation!.IsFinal));
    }

    [Fact]
    [Rule("PEINIT-389", "PEINIT-305")]
    public void WaitedStart_OfOneshotThatDoesNotRemain_EndsAtInactive()
    {
        Rig rig = new(Rig.Oneshot("a", false));
        long request = rig.Start("a");
        rig.Exit("a");
        Assert.Equal((ReplyCode.Ok, ServiceState.Inactive), (rig.ReplyTo(request)!.Value.Code, rig.State("a")));
    }

    [Fact]
    [Rule("PEINIT-221", "PEINIT-222")]
    public void Reset_OfAbandoned_RemovesTheTreeAndClears()
    {
        Rig rig = In(ServiceState.Abandoned);
        rig.Command(OperationType.Reset, "a");
        Assert.Equal(("a", true, ServiceState.Inactive), (rig.Of(EffectKind.RemoveCgroup).Single().Text, rig.Of(EffectKind.RemoveCgroup).Single().Flag, rig.State("a")));
        rig.Feed(Input.CgroupBusy(rig.Service("a")));
        Assert.Contains(LogMessage.ResetWithProcesses, rig.Logged("a"));
    }

    [Fact]
    public void Command_UnknownService_IsAnswered()
    {
        Rig rig = In(ServiceState.Inactive);
        Assert.Equal(ReplyCode.ServiceNotFound, rig.ReplyTo(rig.Start("nobody"))?.Code);
        Assert.Equal(ReplyCode.Ok, rig.ReplyTo(rig.Command(OperationType.Start, "A", false))?.Code);
    }

    /// <summary>A service "a" brought to a state by ordinary means.</summary>
    internal static Rig In(ServiceState state)
    {
        ServiceDefinition a = state == ServiceState.Completed ? Rig.Oneshot("a") : Rig.Simple("a");
        a = state == ServiceState.Skipped ? a with { Conditions = [new StartCheck(CheckKind.Path, "/x")] } : a;
        Rig rig = new(a with { RestartPolicy = RestartPolicy.Never });
        if (state == ServiceState.Inactive)
        {
            return rig;
        }

        rig.Holds = e => e.Kind == EffectKind.RunChecks;
        rig.Start("a");
        if (state == ServiceState.Skipped)
        {
            rig.Feed(Input.ChecksDone(rig.Service("a"), 1, CheckOutcome.ConditionFailed, "path:/x"));
            return rig;
        }

        if (state == ServiceState.Starting)
        {
            return rig;
        }

        if (state is ServiceState.Completed or ServiceState.Failed)
        {
            rig.Exit("a", state == ServiceState.Failed ? 1 : 0);
            return rig;
        }

        rig.Ready("a");
        switch (state)
        {
            case ServiceState.Reloading:
                rig.Command(OperationType.Reload, "a");
                break;
            case ServiceState.Stopping:
                rig.Stop("a");
                break;
            case ServiceState.Abandoned:
                rig.Holds = e => e.Kind == EffectKind.KillCgroup;
                rig.Stop("a");
                rig.Advance(15);
                break;
        }

        Assert.Equal(state, rig.State("a"));
        return rig;
    }

    [Fact]
    [Rule("PEINIT-300", "PEINIT-323")]
    public void Start_ByADependency_WaitsForAStopLikeACommand()
    {
        Rig rig = new(Rig.Simple("a") with { Requires = ["b"] }, Rig.Simple("b"));
        rig.Up("b");
        rig.Stop("b");
        rig.Start("a");
        Assert.Equal(ServiceState.Stopping, rig.State("b"));
        Operation start = Assert.Single(rig.Service("b").PendingOperations);
        Assert.Equal((OperationType.Start, OperationSource.DependencyPropagation), (start.Type, start.Source));
        rig.Exit("b");
        Assert.Equal((ServiceState.Starting, OperationState.Running), (rig.State("b"), start.State));
        rig.Ready("b");
        Assert.Equal((ServiceState.Starting, OperationState.Completed), (rig.State("a"), start.State));
    }
}
