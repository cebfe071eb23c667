// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Everything the machine can request; the remarks of each member say which fields of <see cref="Effect"/> it fills.</summary>
public enum EffectKind : byte
{
    /// <summary>Not an effect.</summary>
    None = 0,

    /// <summary>Evaluate Conditions, then Asserts, of <c>Service.Model</c>. Service, Number = serial. Answer: ChecksDone.</summary>
    RunChecks,
    /// <summary>
    /// Make an empty tree <c>Service.CgroupPath</c> (at least <c>main/</c>; other parts when first used); an old tree there
    /// is removed or, when empty, reused. Service. Answer: CgroupReady, CgroupBusy or CgroupFailed.
    /// </summary>
    CreateCgroup,
    /// <summary>
    /// Write 1 to <c>cgroup.kill</c> of the part, unless it is empty, and report when it is. Service, Part, Number = serial.
    /// Answer: CgroupEmpty, or none as long as something lives.
    /// </summary>
    KillCgroup,
    /// <summary>Try to remove the tree. Service, Text = path, Flag = answer CgroupBusy when processes are left (PEINIT-221); else failing is no error.</summary>
    RemoveCgroup,
    /// <summary>Get a token for <c>Job.Identity</c> with the privileges of <c>Job.Definition</c>. Job. Answer: TokenReady or TokenFailed.</summary>
    RequestToken,
    /// <summary>Fork the job into its cgroup part with the token obtained for it. Job. Answer: Spawned, then ExecSucceeded or ExecFailed; or SpawnFailed.</summary>
    Spawn,
    /// <summary>Send a signal to the job's process through its pidfd. Job, Number = signal. A refusal is logged only (PEINIT-174).</summary>
    SendSignal,
    /// <summary>The service and its definition are gone: forget what the shell keeps for it. Service.</summary>
    ForgetService,

    /// <summary>KMES event service.transition and a console or log line. Service, From, To, Cause, Job (main job or null).</summary>
    Transition,
    /// <summary>KMES event job.created. Job.</summary>
    JobCreated,
    /// <summary>KMES event job.started. Job.</summary>
    JobStarted,
    /// <summary>KMES event job.ended, with the full record; the shell drops what it keeps for the job. Job.</summary>
    JobEnded,
    /// <summary>KMES event operation.requested. Operation.</summary>
    OperationRequested,
    /// <summary>KMES event operation.started. Operation.</summary>
    OperationStarted,
    /// <summary>KMES event operation.completed, .failed, .cancelled, .merged or .aborted, by <c>Operation.State</c>. Operation.</summary>
    OperationEnded,
    /// <summary>KMES event service.notify. Service, Job, Key, Text, Number: how many were left out before (PEINIT-436).</summary>
    ServiceNotify,
    /// <summary>KMES event boot.mode and a console line. Mode in Number, Text = reason or null.</summary>
    BootMode,
    /// <summary>A log line of peinit itself; format it with <see cref="LogText"/>. Level, Message, and what the message names.</summary>
    Log,

    /// <summary>Answer a control request. Request, Code, Operation and Service where they apply, Number = errno or 0, Lines = errors.</summary>
    Reply,

    /// <summary>registryd is Active in Phase 1: probe it and go on. Service.</summary>
    Phase1Ready,
    /// <summary>The core cannot boot: go to Recovery mode. Text = reason. The machine is in Recovery already.</summary>
    EnterRecovery,
    /// <summary>Every boot start has settled (PEINIT-156).</summary>
    BootSettled,
    /// <summary>The boot was successful: set the attempt counter to 0 (PEINIT-062).</summary>
    BootSucceeded,
    /// <summary>Steps 6 and 7 of the shutdown: unmount, sync, reboot(2). Number = <see cref="ShutdownType"/>, Flag = reset the boot counter (PEINIT-030). Last effect.</summary>
    FinishShutdown,
    /// <summary>SIGKILL to all service cgroups, sync, RB_AUTOBOOT (PEINIT-356). Last effect.</summary>
    ForceReboot,
    /// <summary>A Critical service failed: sync and RB_AUTOBOOT at once, no stop order (PEINIT-237). Service. Last effect.</summary>
    CriticalReboot,
}
