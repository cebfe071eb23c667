// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>What is going on inside a state of a service. The numbers are part of the snapshot format.</summary>
internal enum ActivationPhase : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Idle state: conditions and asserts are being evaluated.</summary>
    Checks = 1,
    /// <summary>Idle or Starting: waits for dependencies and for conflicting services to be gone.</summary>
    Dependencies = 2,
    /// <summary>Idle or Starting: ready, waits for one of MaxParallelStarts.</summary>
    Slot = 3,
    /// <summary>Starting: waits out RestartDelay.</summary>
    Delay = 4,
    /// <summary>Starting: the cgroup tree is being made.</summary>
    Cgroup = 5,
    /// <summary>Starting: a pre-hook is on its way.</summary>
    PreHook = 6,
    /// <summary>Starting: what the pre-hooks left behind is being killed.</summary>
    PreHookDrain = 7,
    /// <summary>Starting: the main process is on its way to exec.</summary>
    Main = 8,
    /// <summary>Starting: the main process runs; READY=1 or, for a Oneshot, its exit is awaited.</summary>
    Readiness = 9,
    /// <summary>Active or Completed: post hooks run; dependents are not released yet.</summary>
    PostHook = 10,
    /// <summary>Active or Completed: overdue post hooks are being killed.</summary>
    PostHookDrain = 11,
    /// <summary>Stopping: the main process was asked to end.</summary>
    Term = 12,
    /// <summary>Any state with processes: all of them are being killed; the next state follows when they are gone.</summary>
    Drain = 13,
}
