// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// One process that peinit forks, or is about to (PEINIT-282, PEINIT-286). Made and changed by the machine; the launcher
/// reads from it what to execute. Descriptors, tokens and the pidfd belong to the shell, keyed by <see cref="Id"/>.
/// </summary>
public sealed class Job
{
    private JobState _state;
    private int _pid;
    private Moment _createdAt;
    private Moment _startedAt;
    private int _failedStep;
    private int _errno;
    private Cause _failureCause;
    private Guid _operationId;
    private JobStep _step;

    internal Job(Guid id, Service service, JobType type, ServiceDefinition definition, CommandLine? command, int hookIndex)
    {
        Id = id;
        Service = service;
        Type = type;
        Definition = definition;
        Path = command?.Path ?? definition.ImagePath;
        Arguments = command?.Arguments ?? definition.Arguments;
        HookIndex = hookIndex;
        CgroupPath = service.CgroupPath;
        CgroupGeneration = service.Generation;
    }

    /// <summary>Assigned before the fork.</summary>
    public Guid Id { get; }

    /// <summary>The service it works for.</summary>
    public Service Service { get; }

    /// <summary>What it is for.</summary>
    public JobType Type { get; }

    /// <summary>The snapshot that it runs by: environment, limits, directory, privileges, mitigations.</summary>
    public ServiceDefinition Definition { get; }

    /// <summary>Absolute path of the binary; argv[0].</summary>
    public string Path { get; }

    /// <summary>argv[1..].</summary>
    public string[] Arguments { get; }

    /// <summary>Index of the hook in its list, for output tags (PEINIT-412); 0 for other jobs.</summary>
    public int HookIndex { get; }

    /// <summary>Path of the service's tree below the peinit cgroup.</summary>
    public string CgroupPath { get; }

    /// <summary>0 is the first tree (PEINIT-171).</summary>
    public int CgroupGeneration { get; }

    /// <summary>The sub-cgroup it is born in.</summary>
    public CgroupPart Part => Type == JobType.ServiceMain ? CgroupPart.Main : CgroupPart.Hooks;

    /// <summary>Principal it runs as (PEINIT-135).</summary>
    public string Identity => Type is JobType.PreExecHook or JobType.PostExecHook ? Definition.EffectiveHookIdentity : Definition.Identity;

    /// <summary>State of the record.</summary>
    public JobState State
    {
        get => _state;
        internal set => Saved.Put(ref _state, value);
    }

    /// <summary>0 until forked.</summary>
    public int Pid
    {
        get => _pid;
        internal set => Saved.Put(ref _pid, value);
    }

    /// <summary>When the record was made.</summary>
    public Moment CreatedAt
    {
        get => _createdAt;
        internal set => Saved.Put(ref _createdAt, value);
    }

    /// <summary>When it was forked; Realtime 0 before.</summary>
    public Moment StartedAt
    {
        get => _startedAt;
        internal set => Saved.Put(ref _startedAt, value);
    }

    /// <summary>When it ended; Realtime 0 before.</summary>
    public Moment EndedAt { get; internal set; }

    /// <summary>Exit code, or -1.</summary>
    public int ExitCode { get; internal set; } = -1;

    /// <summary>Signal that ended it, or 0.</summary>
    public int ExitSignal { get; internal set; }

    /// <summary>Step of PEINIT-188 that failed, or 0.</summary>
    public int FailedStep
    {
        get => _failedStep;
        internal set => Saved.Put(ref _failedStep, value);
    }

    /// <summary>Errno of a failed setup, or 0.</summary>
    public int Errno
    {
        get => _errno;
        internal set => Saved.Put(ref _errno, value);
    }

    /// <summary>Cause of its failure, or None.</summary>
    public Cause FailureCause
    {
        get => _failureCause;
        internal set => Saved.Put(ref _failureCause, value);
    }

    /// <summary>Operation it was made for, or empty.</summary>
    public Guid OperationId
    {
        get => _operationId;
        internal set => Saved.Put(ref _operationId, value);
    }

    /// <summary>Its record in the state part of a snapshot.</summary>
    internal SavedRecord Saved { get; } = new();

    /// <summary>How far its life has come.</summary>
    internal JobStep Step
    {
        get => _step;
        set => Saved.Put(ref _step, value);
    }

    /// <summary>Position in the machine's list.</summary>
    internal int ListIndex { get; set; } = -1;
}
