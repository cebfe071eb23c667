// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The snake_case names of enum values in JSON and events (PEINIT-002), as constants: none is built at run time.</summary>
public static class Names
{
    private static readonly string[] States = ["inactive", "starting", "active", "reloading", "stopping", "completed", "failed", "abandoned", "skipped"];

    private static readonly string[] Causes =
    [
        "none", "explicit_start", "dependency_start", "restart_policy", "binds_to_recovery", "explicit_stop", "conflict_eviction",
        "binds_to_propagation", "shutdown_wave", "process_crash", "readiness_timeout", "watchdog_timeout", "health_check_failure",
        "pre_hook_failure", "parent_setup_failure", "pre_exec_failure", "dependency_failure", "restart_budget_exhausted", "cycle_detected",
        "validation_error", "assertion_error", "condition_skipped", "process_unkillable",
    ];

    private static readonly string[] JobTypes = ["service_main", "pre_exec_hook", "post_exec_hook", "reload_command"];
    private static readonly string[] JobStates = ["created", "running", "completed", "failed", "abandoned"];
    private static readonly string[] OperationTypes = ["start", "stop", "restart", "reload", "reset"];
    private static readonly string[] OperationStates = ["pending", "running", "completed", "failed", "merged", "cancelled", "aborted"];

    private static readonly string[] Sources =
    [
        "admin", "dependency_propagation", "restart_policy", "timer", "binds_to_recovery", "conflict_resolution", "boot", "on_failure", "shutdown",
    ];

    private static readonly string[] Modes = ["full", "recovery"];
    private static readonly string[] ShutdownTypes = ["poweroff", "reboot", "halt"];

    private static readonly string[] Codes =
    [
        "OK", "SERVICE_NOT_FOUND", "INVALID_STATE", "OPERATION_IN_PROGRESS", "QUEUE_FULL", "OPERATION_FAILED", "OPERATION_CANCELLED",
        "TIMEOUT", "SHUTTING_DOWN", "VALIDATION_FAILED",
    ];

    /// <summary>Name of a state.</summary>
    public static string Of(ServiceState state) => States[(int)state];

    /// <summary>Name of a cause; None is reported as null by the callers (PEINIT-397).</summary>
    public static string Of(Cause cause) => Causes[(int)cause];

    /// <summary>Name of a job type.</summary>
    public static string Of(JobType type) => JobTypes[(int)type];

    /// <summary>Name of a job state.</summary>
    public static string Of(JobState state) => JobStates[(int)state];

    /// <summary>Name of an operation type.</summary>
    public static string Of(OperationType type) => OperationTypes[(int)type];

    /// <summary>Name of an operation state.</summary>
    public static string Of(OperationState state) => OperationStates[(int)state];

    /// <summary>Name of an operation source.</summary>
    public static string Of(OperationSource source) => Sources[(int)source];

    /// <summary>Name of a boot mode.</summary>
    public static string Of(BootMode mode) => Modes[(int)mode];

    /// <summary>Name of a shutdown type; also what the shutdown command accepts.</summary>
    public static string Of(ShutdownType type) => ShutdownTypes[(int)type];

    /// <summary>Code of a reply on the control socket (PEINIT-384).</summary>
    public static string Of(ReplyCode code) => Codes[(int)code];
}
