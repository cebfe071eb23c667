// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>
/// PEINIT-214 read the other way round, and written down independently of the machine's table: for each pair of states the
/// causes that may stand in the record of such a transition. "kept" pairs may show any cause that the service can have had.
/// </summary>
internal static class ExpectedTransitions
{
    private const Cause Kept = Cause.None;
    private const string Letters = "ISARPCFBK";

    private static readonly Cause[] Failures =
    [
        Cause.ProcessCrash, Cause.ReadinessTimeout, Cause.WatchdogTimeout, Cause.PreHookFailure, Cause.ParentSetupFailure, Cause.PreExecFailure,
    ];

    private static readonly Cause[] Refusals = [Cause.ValidationError, Cause.CycleDetected, Cause.DependencyFailure];
    private static readonly Cause[] Starts = [Cause.ExplicitStart, Cause.DependencyStart];
    private static readonly Cause[] Stops = [Cause.ExplicitStop, Cause.ConflictEviction, Cause.BindsToPropagation, Cause.ShutdownWave, Cause.ProcessUnkillable];

    private static readonly Dictionary<(char, char), Cause[]> Pairs = new()
    {
        [('I', 'S')] = Starts,
        [('I', 'F')] = [.. Refusals, Cause.AssertionError],
        [('I', 'K')] = [Cause.ConditionSkipped],
        [('S', 'S')] = [.. Failures, Cause.RestartPolicy],
        [('S', 'A')] = [Kept],
        [('S', 'C')] = [Kept],
        [('S', 'F')] = [.. Failures, .. Refusals, Cause.RestartBudgetExhausted, Cause.ShutdownWave],
        [('S', 'P')] = Stops,
        [('A', 'R')] = [Kept],
        [('A', 'P')] = Stops,
        [('A', 'S')] = [Cause.ProcessCrash, Cause.WatchdogTimeout],
        [('A', 'F')] = [Cause.ProcessCrash, Cause.WatchdogTimeout, Cause.RestartBudgetExhausted],
        [('R', 'A')] = [Kept],
        [('R', 'P')] = Stops,
        [('R', 'S')] = [Cause.ProcessCrash, Cause.WatchdogTimeout],
        [('R', 'F')] = [Cause.ProcessCrash, Cause.WatchdogTimeout, Cause.RestartBudgetExhausted],
        [('P', 'I')] = [Kept],
        [('P', 'F')] = [Cause.ConflictEviction, Cause.BindsToPropagation],
        [('P', 'S')] = [Cause.ExplicitStart],
        [('P', 'B')] = [Cause.ProcessUnkillable],
        [('C', 'I')] = [Kept],
        [('C', 'S')] = Starts,
        [('F', 'S')] = [.. Starts, Cause.BindsToRecovery],
        [('F', 'F')] = Refusals,
        [('F', 'I')] = [Kept],
        [('B', 'I')] = [Kept],
        [('K', 'I')] = [Kept],
        [('K', 'K')] = [Cause.ConditionSkipped],
    };

    /// <summary>All pairs, as <c>From>To</c>.</summary>
    public static IEnumerable<string> All()
    {
        foreach ((char from, char to) in Pairs.Keys)
        {
            yield return $"{(ServiceState)Letters.IndexOf(from, StringComparison.Ordinal)}>{(ServiceState)Letters.IndexOf(to, StringComparison.Ordinal)}";
        }
    }

    /// <summary>Whether the sheet knows such a transition.</summary>
    public static bool Allow(ServiceState from, ServiceState to, Cause cause)
    {
        return Pairs.TryGetValue((Letters[(int)from], Letters[(int)to]), out Cause[]? causes)
            && (causes[0] == Kept || Array.IndexOf(causes, cause) >= 0);
    }
}
