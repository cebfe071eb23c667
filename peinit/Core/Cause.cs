// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Why a service is in its state (PEINIT-223). The numbers are part of the snapshot format.</summary>
public enum Cause : byte
{
    /// <summary>Never started: reported as null (PEINIT-397).</summary>
    None = 0,
    /// <summary>A command, a trigger or OnFailure started it.</summary>
    ExplicitStart = 1,
    /// <summary>Another service needed it.</summary>
    DependencyStart = 2,
    /// <summary>The restart policy started it again.</summary>
    RestartPolicy = 3,
    /// <summary>The service it is bound to came back.</summary>
    BindsToRecovery = 4,
    /// <summary>A command stopped it.</summary>
    ExplicitStop = 5,
    /// <summary>A conflicting service started.</summary>
    ConflictEviction = 6,
    /// <summary>The service it is bound to went away.</summary>
    BindsToPropagation = 7,
    /// <summary>The system is going down.</summary>
    ShutdownWave = 8,
    /// <summary>Its main process ended by itself.</summary>
    ProcessCrash = 9,
    /// <summary>It did not become ready in time.</summary>
    ReadinessTimeout = 10,
    /// <summary>It did not send WATCHDOG=1 in time.</summary>
    WatchdogTimeout = 11,
    /// <summary>Health checks failed.</summary>
    HealthCheckFailure = 12,
    /// <summary>An ExecStartPre command failed.</summary>
    PreHookFailure = 13,
    /// <summary>Cgroup, token, pipe or fork failed in peinit.</summary>
    ParentSetupFailure = 14,
    /// <summary>The child could not be set up or executed.</summary>
    PreExecFailure = 15,
    /// <summary>A service it needs failed, or does not exist.</summary>
    DependencyFailure = 16,
    /// <summary>Restarted too often.</summary>
    RestartBudgetExhausted = 17,
    /// <summary>It is a member of a dependency cycle.</summary>
    CycleDetected = 18,
    /// <summary>Its definition is invalid.</summary>
    ValidationError = 19,
    /// <summary>An assert did not hold.</summary>
    AssertionError = 20,
    /// <summary>A condition did not hold.</summary>
    ConditionSkipped = 21,
    /// <summary>SIGKILL did not end it.</summary>
    ProcessUnkillable = 22,
}
