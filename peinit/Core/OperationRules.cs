// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// What a new operation means, as two tables: beside an unfinished operation of the same service (PEINIT-315), and
/// beside none, by state (PEINIT-392).
/// </summary>
internal static class OperationRules
{
    private const int Types = 5;

    //   columns: Start, Stop, Restart, Reload, Reset
    private static readonly Verdict[] Beside =
    [
        /* Start Pending        */ Verdict.Merge, Verdict.Replace, Verdict.CancelQueue, Verdict.Reject, Verdict.Busy,
        /* Start Running        */ Verdict.Merge, Verdict.Replace, Verdict.Queue, Verdict.Reject, Verdict.Busy,
        /* Stop                 */ Verdict.Queue, Verdict.Merge, Verdict.Queue, Verdict.Reject, Verdict.Busy,
        /* Restart Pending      */ Verdict.Merge, Verdict.Replace, Verdict.Queue, Verdict.Reject, Verdict.Busy,
        /* Restart Running      */ Verdict.Merge, Verdict.Replace, Verdict.Queue, Verdict.Reject, Verdict.Busy,
        /* Reload Running       */ Verdict.Already, Verdict.Replace, Verdict.Replace, Verdict.Merge, Verdict.Busy,
    ];

    //   columns: Inactive, Starting, Active, Reloading, Stopping, Completed, Failed, Abandoned, Skipped
    private static readonly Verdict[] Alone =
    [
        /* Start   */ Verdict.Queue, Verdict.Already, Verdict.Already, Verdict.Already, Verdict.Queue, Verdict.Queue, Verdict.Queue, Verdict.Reject, Verdict.Queue,
        /* Stop    */ Verdict.Already, Verdict.Execute, Verdict.Execute, Verdict.Execute, Verdict.Already, Verdict.Execute, Verdict.Already, Verdict.Reject, Verdict.Already,
        /* Restart */ Verdict.Queue, Verdict.Queue, Verdict.Execute, Verdict.Execute, Verdict.Queue, Verdict.Queue, Verdict.Queue, Verdict.Reject, Verdict.Queue,
        /* Reload  */ Verdict.Reject, Verdict.Reject, Verdict.Execute, Verdict.Already, Verdict.Reject, Verdict.Reject, Verdict.Reject, Verdict.Reject, Verdict.Reject,
        /* Reset   */ Verdict.Already, Verdict.Reject, Verdict.Reject, Verdict.Reject, Verdict.Reject, Verdict.Reject, Verdict.Execute, Verdict.Execute, Verdict.Execute,
    ];

    /// <summary>What to do with a new operation.</summary>
    public enum Verdict : byte
    {
        /// <summary>INVALID_STATE.</summary>
        Reject,
        /// <summary>OPERATION_IN_PROGRESS.</summary>
        Busy,
        /// <summary>Nothing to do: an operation that is Completed at once (PEINIT-387).</summary>
        Already,
        /// <summary>Fold it into the older one.</summary>
        Merge,
        /// <summary>Pending; it runs as soon as the service allows.</summary>
        Queue,
        /// <summary>Cancel the older one, which is Pending, then Pending.</summary>
        CancelQueue,
        /// <summary>Cancel what is Pending, abort what is Running, then execute.</summary>
        Replace,
        /// <summary>Execute at once.</summary>
        Execute,
    }

    /// <summary>The cell for a new operation beside an existing one.</summary>
    public static Verdict BesideOperation(Operation existing, OperationType type)
    {
        int row = (existing.Type, existing.State) switch
        {
            (OperationType.Start, OperationState.Pending) => 0,
            (OperationType.Start, _) => 1,
            (OperationType.Stop, _) => 2,
            (OperationType.Restart, OperationState.Pending) => 3,
            (OperationType.Restart, _) => 4,
            (OperationType.Reload, _) => 5,
            _ => throw new InvalidOperationException("a reset never stays unfinished"),
        };
        return Beside[(row * Types) + (int)type];
    }

    /// <summary>The cell for a new operation on a service that has none.</summary>
    public static Verdict ByState(ServiceState state, OperationType type) => Alone[((int)type * 9) + (int)state];
}
