// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>The jobs that have not ended, and which pid belongs to which (PEINIT-282 to 289).</summary>
internal sealed class Jobs(Machine machine)
{
    private readonly List<Job> _live = [];
    private readonly Dictionary<int, Job> _byPid = [];

    /// <summary>All of them, in no particular order.</summary>
    public IReadOnlyList<Job> Live => _live;

    /// <summary>Makes a job and asks for its token: every process has an identity before it exists.</summary>
    public Job Create(Service service, JobType type, ServiceDefinition definition, CommandLine? command, int index)
    {
        Job job = new(machine.NewGuid(), service, type, definition, command, index)
        {
            CreatedAt = machine.Now,
            OperationId = service.RunningOperation?.Id ?? Guid.Empty,
        };
        Add(job);
        machine.Emit(new Effect { Kind = EffectKind.JobCreated, Job = job, Service = service });
        machine.Emit(new Effect { Kind = EffectKind.RequestToken, Job = job, Service = service });
        return job;
    }

    /// <summary>Takes a job into the list; also used by a restore.</summary>
    public void Add(Job job)
    {
        job.ListIndex = _live.Count;
        _live.Add(job);
        if (job.Pid > 0)
        {
            _byPid[job.Pid] = job;
        }
    }

    /// <summary>The job whose process has this pid, or null. A pid cannot be another's before we reaped it.</summary>
    public Job? ByPid(int pid) => _byPid.GetValueOrDefault(pid);

    /// <summary>The token is there: the fork is next.</summary>
    public void RequestSpawn(Job job)
    {
        job.Step = JobStep.Spawn;
        if (job.Part == CgroupPart.Main)
        {
            job.Service.MainUsed = true;
        }
        else
        {
            job.Service.HooksUsed = true;
        }

        machine.Emit(new Effect { Kind = EffectKind.Spawn, Job = job, Service = job.Service });
    }

    /// <summary>The fork succeeded.</summary>
    public void Forked(Job job, int pid)
    {
        job.Step = JobStep.Exec;
        job.State = JobState.Running;
        job.Pid = pid;
        job.StartedAt = machine.Now;
        _byPid[pid] = job;
        machine.Emit(new Effect { Kind = EffectKind.JobStarted, Job = job, Service = job.Service });
    }

    /// <summary>The process was reaped: the exit decides the final state, unless the error pipe did (PEINIT-187).</summary>
    public void Exited(Job job, int code, int signal)
    {
        job.ExitCode = code;
        job.ExitSignal = signal;
        bool good = job.Type == JobType.ServiceMain ? job.Definition.IsSuccess(code) : code == 0;
        good &= signal == 0 && job.FailureCause == Cause.None;
        End(job, good ? JobState.Completed : JobState.Failed);
    }

    /// <summary>Ends a job once and for all; its slot in the service becomes free.</summary>
    public void End(Job job, JobState state)
    {
        if (job.Step == JobStep.Ended)
        {
            return;
        }

        job.Step = JobStep.Ended;
        job.State = state;
        job.EndedAt = machine.Now;
        if (job.Pid > 0)
        {
            _byPid.Remove(job.Pid);
        }

        Job last = _live[^1];
        _live[job.ListIndex] = last;
        last.ListIndex = job.ListIndex;
        _live.RemoveAt(_live.Count - 1);
        job.ListIndex = -1;

        Service service = job.Service;
        if (service.MainJob == job)
        {
            service.MainJob = null;
        }
        else if (service.HookJob == job)
        {
            service.HookJob = null;
        }
        else if (service.ReloadJob == job)
        {
            service.ReloadJob = null;
        }

        machine.Emit(new Effect { Kind = EffectKind.JobEnded, Job = job, Service = service });
    }

    /// <summary>Ends a job that has no process and will not get one any more.</summary>
    public void EndUnborn(Job? job)
    {
        if (job is { Step: JobStep.Token })
        {
            End(job, JobState.Failed);
        }
    }
}
