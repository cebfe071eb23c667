// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// The one table of the state machine (PEINIT-214).
/// <para>
/// A service rests in Inactive, Completed, Failed or Skipped, where it has no process. A start takes it to Starting, and
/// from there readiness takes a Simple service to Active and a successful exit takes a Oneshot to Completed. A failure in
/// Starting, Active or Reloading first kills what is left; then the restart policy decides between Starting again, where
/// it waits out its delay without a process, and Failed. A stop, a conflict, a lost binding and the shutdown take it
/// through Stopping; the reason for the stop decides what it becomes when its processes are gone. What survives SIGKILL
/// is Abandoned, and only a reset leads out of that. A start that finds the service Skipped passes through Inactive, and
/// so does a start that fails before it begins.
/// </para>
/// <para>Each row lists, by the state before, the states that may follow at once; each row also names the causes that it
/// may record (none of them: the cause is kept). Nothing else changes a state: <see cref="Machine.Transition"/> asks here
/// first.</para>
/// </summary>
internal static class Transitions
{
    private const int StateCount = 9;
    private const string Letters = "ISARPCFBK";

    private static readonly ushort[] Targets = new ushort[(int)(Trigger.ShutdownTakes + 1) * StateCount];
    private static readonly uint[] Causes = new uint[(int)(Trigger.ShutdownTakes + 1)];

    static Transitions()
    {
        //   I   S   A   R   P   C   F   B   K
        Row("S   -   -   -   -   S   S   -   I", Trigger.StartExecutes, Cause.ExplicitStart, Cause.DependencyStart);
        Row("K   -   -   -   -   I   I   -   K", Trigger.ConditionFails, Cause.ConditionSkipped);
        Row("F   -   -   -   -   I   I   -   I", Trigger.AssertFails, Cause.AssertionError);
        Row("F   F   -   -   -   I   F   -   I", Trigger.CannotStart, Cause.ValidationError, Cause.CycleDetected, Cause.DependencyFailure);
        Row("-   A   -   A   -   -   -   -   -", Trigger.Ready);
        Row("-   C   -   -   -   -   -   -   -", Trigger.OneshotSucceeds);
        Row("-   -   -   -   -   I   -   -   -", Trigger.DependentsReleased);
        Row("-   SF  SF  SF  -   -   -   -   -", Trigger.MainExits, Cause.ProcessCrash, Cause.RestartBudgetExhausted);
        Row("-   SF  -   -   -   -   -   -   -", Trigger.StartTimesOut, Cause.ReadinessTimeout, Cause.RestartBudgetExhausted);
        Row("-   SF  -   -   -   -   -   -   -", Trigger.SetupFails, Cause.PreHookFailure, Cause.ParentSetupFailure, Cause.PreExecFailure, Cause.RestartBudgetExhausted);
        Row("-   -   SF  SF  -   -   -   -   -", Trigger.WatchdogExpires, Cause.WatchdogTimeout, Cause.RestartBudgetExhausted);
        Row("-   -   R   -   -   -   -   -   -", Trigger.ReloadExecutes);
        Row("-   -   -   A   -   -   -   -   -", Trigger.ReloadTimesOut);
        Row("-   P   P   P   -   I   -   -   -", Trigger.StopExecutes, Cause.ExplicitStop);
        Row("-   P   P   P   -   -   -   -   -", Trigger.ConflictStarts, Cause.ConflictEviction);
        Row("-   P   P   P   -   -   -   -   -", Trigger.BoundStops, Cause.BindsToPropagation);
        Row("S   -   P   P   -   S   S   -   I", Trigger.RestartExecutes, Cause.ExplicitStop, Cause.ExplicitStart);
        Row("-   -   -   -   I   -   -   -   -", Trigger.StopEnds);
        Row("-   -   -   -   F   -   -   -   -", Trigger.EvictionEnds);
        Row("-   -   -   -   S   -   -   -   -", Trigger.RestartStopEnds, Cause.ExplicitStart);
        Row("-   -   -   -   B   -   -   -   -", Trigger.Unkillable, Cause.ProcessUnkillable);
        Row("-   P   P   P   -   -   -   -   -", Trigger.LeftoversSurvive, Cause.ProcessUnkillable);
        Row("-   -   -   -   -   -   S   -   -", Trigger.BoundRecovers, Cause.BindsToRecovery);
        Row("-   S   -   -   -   -   -   -   -", Trigger.DelayOver, Cause.RestartPolicy);
        Row("-   -   -   -   -   -   I   I   I", Trigger.ResetExecutes);
        Row("-   F   P   P   -   I   -   -   -", Trigger.ShutdownTakes, Cause.ShutdownWave);
    }

    /// <summary>Whether a trigger may take a service from one state to another with a cause; None keeps the cause.</summary>
    public static bool Allows(Trigger trigger, ServiceState from, ServiceState to, Cause cause) =>
        (Targets[((int)trigger * StateCount) + (int)from] & (1 << (int)to)) != 0
        && (cause == Cause.None || ((Causes[(int)trigger] & (1u << (int)cause)) != 0 && Fits(cause, to)));

    /// <summary>All triples of the table, for tests and documentation.</summary>
    public static IEnumerable<(Trigger Trigger, ServiceState From, ServiceState To)> All()
    {
        for (int i = 0; i < Targets.Length; i++)
        {
            for (int to = 0; to < StateCount; to++)
            {
                if ((Targets[i] & (1 << to)) != 0)
                {
                    yield return ((Trigger)(i / StateCount), (ServiceState)(i % StateCount), (ServiceState)to);
                }
            }
        }
    }

    /// <summary>The trigger of a failure with a class E cause (PEINIT-223).</summary>
    public static Trigger OfFailure(Cause cause) => cause switch
    {
        Cause.ReadinessTimeout => Trigger.StartTimesOut,
        Cause.PreHookFailure or Cause.ParentSetupFailure or Cause.PreExecFailure => Trigger.SetupFails,
        Cause.WatchdogTimeout => Trigger.WatchdogExpires,
        Cause.ShutdownWave => Trigger.ShutdownTakes,
        _ => Trigger.MainExits,
    };

    /// <summary>Where a row has causes for several outcomes, each belongs to one of them.</summary>
    private static bool Fits(Cause cause, ServiceState to) => cause switch
    {
        Cause.RestartBudgetExhausted => to == ServiceState.Failed,
        Cause.ExplicitStart or Cause.DependencyStart => to == ServiceState.Starting,
        Cause.ExplicitStop => to is ServiceState.Stopping or ServiceState.Inactive,
        _ => true,
    };

    private static void Row(string cells, Trigger trigger, params ReadOnlySpan<Cause> causes)
    {
        int from = 0;
        foreach (Range cell in cells.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> targets = cells.AsSpan(cell);
            if (targets.IsEmpty)
            {
                continue;
            }

            foreach (char letter in targets)
            {
                int to = Letters.IndexOf(letter, StringComparison.Ordinal);
                Targets[((int)trigger * StateCount) + from] |= (ushort)(to < 0 ? 0 : 1 << to);
            }

            from++;
        }

        foreach (Cause cause in causes)
        {
            Causes[(int)trigger] |= 1u << (int)cause;
        }
    }
}
