// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>What peinit says about itself, by number, so that deciding to say it costs no string. <see cref="LogText"/> has the words.</summary>
public enum LogMessage : byte
{
    /// <summary>No message.</summary>
    None = 0,
    /// <summary>A definition has errors. Service, Text = one error.</summary>
    DefinitionInvalid,
    /// <summary>A definition has warnings. Service, Text = one warning.</summary>
    DefinitionWarning,
    /// <summary>A relation names a service that does not exist. Service, Key = relation, Text = target (PEINIT-274).</summary>
    TargetMissing,
    /// <summary>A cycle. Service = a member, Text = the path (PEINIT-271).</summary>
    Cycle,
    /// <summary>Two boot services conflict. Service, Text = the other (PEINIT-273).</summary>
    BootConflict,
    /// <summary>A condition did not hold. Service, Text = entry.</summary>
    ConditionFailed,
    /// <summary>An assert did not hold. Service, Text = entry.</summary>
    AssertFailed,
    /// <summary>A dependency failed. Service, Text = its name.</summary>
    DependencyFailed,
    /// <summary>The cgroup tree could not be made. Service, Number = errno.</summary>
    CgroupFailed,
    /// <summary>The old tree is still there. Service, Text = new path (PEINIT-171).</summary>
    CgroupBusy,
    /// <summary>A sub-cgroup outlived SIGKILL. Service, Part, Text = path (PEINIT-211).</summary>
    CgroupLeaked,
    /// <summary>No token. Service, Job, Number = errno.</summary>
    TokenFailed,
    /// <summary>The fork failed. Service, Job, Number = errno.</summary>
    SpawnFailed,
    /// <summary>The child failed before exec. Service, Job (FailedStep, Errno).</summary>
    ExecFailed,
    /// <summary>A hook or reload command failed. Service, Job.</summary>
    HookFailed,
    /// <summary>The main process ended by itself. Service, Job.</summary>
    MainExited,
    /// <summary>Not ready in time. Service, Number = StartTimeout.</summary>
    StartTimeout,
    /// <summary>No answer about the token in time. Service, Job, Number = StartTimeout.</summary>
    TokenTimeout,
    /// <summary>Post hooks overran StartTimeout. Service.</summary>
    PostHooksTimeout,
    /// <summary>SIGTERM did not help in time. Service, Number = StopTimeout.</summary>
    StopTimeout,
    /// <summary>SIGKILL did not help. Service.</summary>
    Unkillable,
    /// <summary>WATCHDOG=1 did not come. Service.</summary>
    WatchdogExpired,
    /// <summary>It will be started again. Service, Cause, Number = delay in seconds.</summary>
    RestartScheduled,
    /// <summary>It will not be started again. Service, Number = restarts in the window.</summary>
    BudgetExhausted,
    /// <summary>The extended reload wait ended without READY=1. Service (PEINIT-241).</summary>
    ReloadUnconfirmed,
    /// <summary>STOPPING=1. Service.</summary>
    AnnouncedStopping,
    /// <summary>A notify datagram of somebody who may not speak. Number = pid, Text = count when several (PEINIT-431).</summary>
    NotifyRejected,
    /// <summary>OnFailure names nothing. Service, Text = target.</summary>
    FailureTargetMissing,
    /// <summary>OnFailure is not followed any more. Service, Text = target.</summary>
    FailureTargetLimited,
    /// <summary>A Critical service failed. Service, Cause, Flag = nothing is done because of shutdown or Recovery.</summary>
    CriticalFailed,
    /// <summary>An operation could not be queued. Service, Operation type in Number.</summary>
    QueueFull,
    /// <summary>A new model was taken. Number = definitions.</summary>
    ConfigurationLoaded,
    /// <summary>A new model was refused. Text = one error (PEINIT-403).</summary>
    ConfigurationRefused,
    /// <summary>A shutdown began. Number = type.</summary>
    ShutdownStarted,
    /// <summary>ShutdownTimeout is over: everything is killed.</summary>
    ShutdownTimeout,
    /// <summary>A stop order was impossible, so the rest stops at once. Service = one of them.</summary>
    ShutdownOrderBroken,
    /// <summary>A second shutdown was ignored. Number = type.</summary>
    ShutdownAlreadyRunning,
    /// <summary>Abandoned was reset while processes live. Service, Text = path.</summary>
    ResetWithProcesses,
}
