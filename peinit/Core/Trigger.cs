// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The rows of PEINIT-214, split where one row has several outcomes.</summary>
internal enum Trigger : byte
{
    /// <summary>A start operation executes.</summary>
    StartExecutes,
    /// <summary>A condition does not hold.</summary>
    ConditionFails,
    /// <summary>An assert does not hold.</summary>
    AssertFails,
    /// <summary>Invalid definition, cycle or failed dependency.</summary>
    CannotStart,
    /// <summary>READY=1, or exec with Readiness=Alive.</summary>
    Ready,
    /// <summary>The main process of a Oneshot ended well.</summary>
    OneshotSucceeds,
    /// <summary>Dependents of a Oneshot without RemainAfterExit are released.</summary>
    DependentsReleased,
    /// <summary>The main process ended in any other way.</summary>
    MainExits,
    /// <summary>StartTimeout is over.</summary>
    StartTimesOut,
    /// <summary>Pre-hook, parent setup or exec failed.</summary>
    SetupFails,
    /// <summary>The watchdog expired.</summary>
    WatchdogExpires,
    /// <summary>A reload operation executes.</summary>
    ReloadExecutes,
    /// <summary>A reload ends because its time is over.</summary>
    ReloadTimesOut,
    /// <summary>A stop operation executes.</summary>
    StopExecutes,
    /// <summary>A conflicting service starts.</summary>
    ConflictStarts,
    /// <summary>The service it is bound to stops.</summary>
    BoundStops,
    /// <summary>A restart operation executes.</summary>
    RestartExecutes,
    /// <summary>All processes are gone after a stop or in a shutdown.</summary>
    StopEnds,
    /// <summary>All processes are gone after a conflict or BindsTo stop.</summary>
    EvictionEnds,
    /// <summary>All processes are gone in the stop part of a restart.</summary>
    RestartStopEnds,
    /// <summary>SIGKILL did not help.</summary>
    Unkillable,
    /// <summary>What a failed start or a crash left behind survives SIGKILL (PEINIT-219).</summary>
    LeftoversSurvive,
    /// <summary>The service it is bound to is Active again.</summary>
    BoundRecovers,
    /// <summary>RestartDelay is over.</summary>
    DelayOver,
    /// <summary>A reset operation executes.</summary>
    ResetExecutes,
    /// <summary>The shutdown takes it down.</summary>
    ShutdownTakes,
}
