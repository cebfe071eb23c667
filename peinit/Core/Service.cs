// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// The runtime record of one service. Only the machine changes it (PEINIT-213); the shell reads it for status, list,
/// launching and cgroups.
/// </summary>
public sealed class Service
{
    private ServiceDefinition? _activation;
    private ServiceState _state;
    private Cause _cause;
    private Operation? _runningOperation;
    private string? _statusText;
    private long _activeSince;
    private int _generation;
    private ulong _watchdogMicroseconds;
    private ActivationPhase _phase;
    private long _phaseStart;
    private int _checkSerial;
    private bool _demanded;
    private bool _holdsSlot;
    private bool _isReleased;
    private int _mainKill;
    private int _hooksKill;
    private bool _mainUsed;
    private bool _hooksUsed;
    private Cause _drainCause;
    private bool _drainSuccessExit;
    private int _lastErrno;
    private StopReason _stopReason;
    private bool _termSent;
    private bool _announcedStopping;
    private bool _announcedReloading;
    private bool _watchdogOverridden;
    private int _failures;
    private Service? _lostBinding;
    private bool _inBoot;
    private bool _bootSettled;
    private Dependency[] _dependencies = [];

    internal Service(string name)
    {
        Name = name;
        Restarts = new RestartHistory(Saved);
        FailureStarts = new RestartHistory(Saved);
        PhaseDeadline = new Deadline(DeadlineKind.Phase, this);
        PostHookDeadline = new Deadline(DeadlineKind.PostHooks, this);
        KillDeadline = new Deadline(DeadlineKind.Kill, this);
        DelayDeadline = new Deadline(DeadlineKind.RestartDelay, this);
        WatchdogDeadline = new Deadline(DeadlineKind.Watchdog, this);
    }

    /// <summary>Name in stored spelling (PEINIT-005).</summary>
    public string Name { get; internal set; }

    /// <summary>The current model; null when the definition was removed while the service ran (PEINIT-168).</summary>
    public ServiceDefinition? Model { get; internal set; }

    /// <summary>Snapshot of the running or last activation; null before the first start (PEINIT-157).</summary>
    public ServiceDefinition? Activation
    {
        get => _activation;
        internal set => Saved.Put(ref _activation, value);
    }

    /// <summary>The state.</summary>
    public ServiceState State
    {
        get => _state;
        internal set => Saved.Put(ref _state, value);
    }

    /// <summary>Cause of the last transition; None before the first (PEINIT-397).</summary>
    public Cause Cause
    {
        get => _cause;
        internal set => Saved.Put(ref _cause, value);
    }

    /// <summary>The main process's job, or null.</summary>
    public Job? MainJob { get; internal set; }

    /// <summary>The hook that runs, or null.</summary>
    public Job? HookJob { get; internal set; }

    /// <summary>The reload command that runs, or null.</summary>
    public Job? ReloadJob { get; internal set; }

    /// <summary>The operation that executes, or null.</summary>
    public Operation? RunningOperation
    {
        get => _runningOperation;
        internal set => Saved.Put(ref _runningOperation, value);
    }

    /// <summary>Last <c>STATUS=</c> of this activation, or null (PEINIT-395).</summary>
    public string? StatusText
    {
        get => _statusText;
        internal set => Saved.Put(ref _statusText, value);
    }

    /// <summary>CLOCK_MONOTONIC ns of entering Active; 0 when the service is neither Active nor Reloading (PEINIT-396).</summary>
    public long ActiveSince
    {
        get => _activeSince;
        internal set => Saved.Put(ref _activeSince, value);
    }

    /// <summary>Path of its tree below the peinit cgroup, generation included (PEINIT-170, PEINIT-171).</summary>
    public string CgroupPath { get; internal set; } = "";

    /// <summary>Generation of the tree.</summary>
    public int Generation
    {
        get => _generation;
        internal set => Saved.Put(ref _generation, value);
    }

    /// <summary>Interval of the running watchdog in microseconds, 0 when off; what WATCHDOG_USEC says to the child (PEINIT-194).</summary>
    public ulong WatchdogMicroseconds
    {
        get => _watchdogMicroseconds;
        internal set => Saved.Put(ref _watchdogMicroseconds, value);
    }

    /// <summary>Sub-cgroups that outlived SIGKILL (PEINIT-212).</summary>
    public IReadOnlyList<ServiceWarning> Warnings => Leaks;

    /// <summary>The operation that executes, else the next one, or null.</summary>
    public Operation? CurrentOperation => RunningOperation ?? (PendingOperations.Count > 0 ? PendingOperations[0] : null);

    /// <summary>Whether the state satisfies dependents (PEINIT-202).</summary>
    public bool IsSatisfying => State is ServiceState.Active or ServiceState.Reloading or ServiceState.Completed or ServiceState.Skipped;

    /// <summary>Whether a start of it has not settled.</summary>
    internal bool MayBeStarting => State is ServiceState.Starting or ServiceState.Stopping
        || Phase is ActivationPhase.Checks or ActivationPhase.Dependencies or ActivationPhase.Slot or ActivationPhase.Drain;

    /// <summary>Whether a process may exist: what shutdown waits for.</summary>
    public bool MayHaveProcesses => State is ServiceState.Starting or ServiceState.Active or ServiceState.Reloading or ServiceState.Stopping;

    /// <summary>Its record in the state part of a snapshot; whatever is part of that drops it when it changes.</summary>
    internal SavedRecord Saved { get; } = new();

    internal List<ServiceWarning> Leaks { get; } = [];

    internal List<Operation> PendingOperations { get; } = [];

    internal Deadline PhaseDeadline { get; }

    internal Deadline PostHookDeadline { get; }

    internal Deadline KillDeadline { get; }

    internal Deadline DelayDeadline { get; }

    internal Deadline WatchdogDeadline { get; }

    /// <summary>Rank in ordinal name order.</summary>
    internal int Ordinal { get; set; }

    /// <summary>Edges to what it needs, from the model, or from the snapshot while it runs without one.</summary>
    internal Dependency[] Dependencies
    {
        get => _dependencies;
        set => Saved.Put(ref _dependencies, value);
    }

    /// <summary>Services with an edge to this one.</summary>
    internal List<Service> Dependents { get; } = [];

    /// <summary>Services that conflict with it, whoever declared it (PEINIT-264).</summary>
    internal List<Service> Conflicting { get; } = [];

    /// <summary>The cycle it is a member of, or null.</summary>
    internal string? Cycle { get; set; }

    /// <summary>Cgroup id without generation.</summary>
    internal string CgroupBase { get; set; } = "";

    internal ActivationPhase Phase
    {
        get => _phase;
        set => Saved.Put(ref _phase, value);
    }

    /// <summary>When the phase of PEINIT-250 began.</summary>
    internal long PhaseStart
    {
        get => _phaseStart;
        set => Saved.Put(ref _phaseStart, value);
    }

    /// <summary>Guards against answers of an earlier round of checks.</summary>
    internal int CheckSerial
    {
        get => _checkSerial;
        set => Saved.Put(ref _checkSerial, value);
    }

    /// <summary>The attempt has asked for its dependencies.</summary>
    internal bool Demanded
    {
        get => _demanded;
        set => Saved.Put(ref _demanded, value);
    }

    /// <summary>Counts against MaxParallelStarts.</summary>
    internal bool HoldsSlot
    {
        get => _holdsSlot;
        set => Saved.Put(ref _holdsSlot, value);
    }

    /// <summary>What the end of the step must look at.</summary>
    internal Work Work { get; set; }

    /// <summary>Is counted in the StopBlockers of what it needs.</summary>
    internal bool IsBlocker { get; set; }

    /// <summary>Running services that must be gone before the shutdown stops this one.</summary>
    internal int StopBlockers { get; set; }

    /// <summary>Dependents of this start may go on (PEINIT-201).</summary>
    internal bool IsReleased
    {
        get => _isReleased;
        set => Saved.Put(ref _isReleased, value);
    }

    /// <summary>Serial of the outstanding kill of <c>main/</c>, 0 when none.</summary>
    internal int MainKill
    {
        get => _mainKill;
        set => Saved.Put(ref _mainKill, value);
    }

    /// <summary>Serial of the outstanding kill of <c>hooks/</c>, 0 when none.</summary>
    internal int HooksKill
    {
        get => _hooksKill;
        set => Saved.Put(ref _hooksKill, value);
    }

    /// <summary>Something was forked into <c>main/</c> in this activation.</summary>
    internal bool MainUsed
    {
        get => _mainUsed;
        set => Saved.Put(ref _mainUsed, value);
    }

    /// <summary>Something was forked into <c>hooks/</c> in this activation.</summary>
    internal bool HooksUsed
    {
        get => _hooksUsed;
        set => Saved.Put(ref _hooksUsed, value);
    }

    /// <summary>Cause of the failure that is being drained; None when a Oneshot ended well.</summary>
    internal Cause DrainCause
    {
        get => _drainCause;
        set => Saved.Put(ref _drainCause, value);
    }

    /// <summary>The failure was a plain exit with a success code (PEINIT-229).</summary>
    internal bool DrainSuccessExit
    {
        get => _drainSuccessExit;
        set => Saved.Put(ref _drainSuccessExit, value);
    }

    /// <summary>Errno of the failure, for replies.</summary>
    internal int LastErrno
    {
        get => _lastErrno;
        set => Saved.Put(ref _lastErrno, value);
    }

    internal StopReason StopReason
    {
        get => _stopReason;
        set => Saved.Put(ref _stopReason, value);
    }

    /// <summary>SIGTERM was sent in this stop.</summary>
    internal bool TermSent
    {
        get => _termSent;
        set => Saved.Put(ref _termSent, value);
    }

    /// <summary><c>STOPPING=1</c> came from this incarnation (PEINIT-257).</summary>
    internal bool AnnouncedStopping
    {
        get => _announcedStopping;
        set => Saved.Put(ref _announcedStopping, value);
    }

    /// <summary><c>RELOADING=1</c> came in this reload.</summary>
    internal bool AnnouncedReloading
    {
        get => _announcedReloading;
        set => Saved.Put(ref _announcedReloading, value);
    }

    /// <summary>The service set the watchdog itself (PEINIT-246).</summary>
    internal bool WatchdogOverridden
    {
        get => _watchdogOverridden;
        set => Saved.Put(ref _watchdogOverridden, value);
    }

    /// <summary>Consecutive failures (PEINIT-234).</summary>
    internal int Failures
    {
        get => _failures;
        set => Saved.Put(ref _failures, value);
    }

    internal RestartHistory Restarts { get; }

    /// <summary>Starts that OnFailure of other services asked for.</summary>
    internal RestartHistory FailureStarts { get; }

    /// <summary>Values forwarded as events; a new life of PID 1 begins with a full one.</summary>
    internal NotifyBudget Notifications { get; } = new();

    /// <summary>The bound dependency whose stop made it Failed (PEINIT-263).</summary>
    internal Service? LostBinding
    {
        get => _lostBinding;
        set => Saved.Put(ref _lostBinding, value);
    }

    /// <summary>Member of the boot graph.</summary>
    internal bool InBoot
    {
        get => _inBoot;
        set => Saved.Put(ref _inBoot, value);
    }

    /// <summary>Its boot start has settled.</summary>
    internal bool BootSettled
    {
        get => _bootSettled;
        set => Saved.Put(ref _bootSettled, value);
    }

    /// <summary>Starts an activation on the current model: what belonged to the last one is void (PEINIT-157, 216, 248, 395).</summary>
    internal void BeginActivation(long now)
    {
        Activation = Model;
        Phase = ActivationPhase.Cgroup;
        PhaseStart = now;
        StatusText = null;
        IsReleased = false;
        LastErrno = 0;
        LostBinding = null;
        StopReason = StopReason.None;
        TermSent = false;
        AnnouncedStopping = false;
        AnnouncedReloading = false;
        WatchdogOverridden = false;
        WatchdogMicroseconds = Model!.Type == ServiceType.Simple ? Messages.IntervalOf(Model) : 0;
    }
}
