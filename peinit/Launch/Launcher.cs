// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using Peinit.Output;
using Peinit.Shell;
using Peios.Interop;

namespace Peinit.Launch;

/// <summary>Turns the core's wishes about jobs and cgroups into processes, and processes back into inputs (PEINIT-176).</summary>
internal sealed class Launcher
{
    private const int CriticalOomScore = -1000;

    private readonly Supervisor _supervisor;
    private readonly TokenSource _tokens;
    private readonly Dictionary<Guid, JobProcess> _jobs = [];
    private readonly Dictionary<int, JobProcess> _byPid = [];
    private readonly Fd _devNull;

    internal Launcher(Supervisor supervisor, TokenSource tokens, Cgroup cgroups, Fd devNull)
    {
        _supervisor = supervisor;
        _tokens = tokens;
        Cgroups = cgroups;
        _devNull = devNull;
    }

    internal Cgroup Cgroups { get; }

    /// <summary>Everything that runs or is about to, for the hand-over.</summary>
    internal IReadOnlyCollection<JobProcess> Processes => _jobs.Values;

    internal void CreateCgroup(Service service)
    {
        Errno error = Cgroups.Create(service.CgroupPath);
        _supervisor.Post(
            error.Ok ? Input.CgroupReady(service)
            : error == Errno.EBUSY ? Input.CgroupBusy(service)
            : Input.CgroupFailed(service, error.Value));
    }

    /// <summary>Kills a part and answers when it is empty.</summary>
    internal void KillCgroup(Service service, CgroupPart part, int serial)
    {
        string path = service.CgroupPath;
        if (!Cgroups.IsPopulated(path, part))
        {
            _supervisor.Post(Input.CgroupEmpty(service, part, serial));
            return;
        }

        // Watching starts before the kill, so that no change is missed.
        if (!Cgroups.OpenEvents(path, part).TryGet(out Fd? events, out Errno error))
        {
            // Nobody will hear that it is empty, but it must not live on for want of a descriptor.
            _supervisor.Log.Error($"{service.Name}: cgroup.events of {path} cannot be read: {error}");
            _ = Cgroups.Kill(path, part);
            return;
        }

        CgroupWatch watch = new(_supervisor, events, service, part, serial);
        _ = _supervisor.Loop.Add(watch, Peios.Ipc.LoopEvents.Changed);
        error = Cgroups.Kill(path, part);
        if (!error.Ok)
        {
            _supervisor.Log.Error($"{service.Name}: cgroup {path} cannot be killed: {error}");
        }

        watch.Ready(_supervisor.Loop, Peios.Ipc.LoopEvents.Changed);
    }

    internal void RequestToken(Job job)
    {
        JobProcess process = Track(job);
        _tokens.Request(process);
    }

    /// <summary>Forks a job into its cgroup with the token obtained for it.</summary>
    internal void Spawn(Job job)
    {
        JobProcess process = Track(job);
        Errno error = TrySpawn(process);
        if (!error.Ok)
        {
            _supervisor.Post(Input.SpawnFailed(job, error.Value));
            return;
        }

        _byPid[process.Pid] = process;
        _supervisor.Post(Input.Spawned(job, process.Pid));
    }

    internal void SendSignal(Job job, int signal)
    {
        Errno error = _jobs.TryGetValue(job.Id, out JobProcess? process) && process.Process is not null
            ? Peios.Interop.Processes.Signal(process.Process, signal)
            : Errno.ESRCH;
        if (!error.Ok)
        {
            _supervisor.Log.Warn($"{job.Service.Name}: signal {signal} to pid {job.Pid} failed: {error}");
        }
    }

    /// <summary>Of a job that was forked in this life of PID 1; else empty.</summary>
    internal ReadOnlySpan<byte> TokenSummaryOf(Job job) => _jobs.TryGetValue(job.Id, out JobProcess? process) ? process.TokenSummary : [];

    /// <summary>The job is over: forget it.</summary>
    internal void Forget(Job job)
    {
        if (_jobs.Remove(job.Id, out JobProcess? process))
        {
            _ = _byPid.Remove(process.Pid);
            _supervisor.Handover?.RemovePipes(process.Pid);
            process.Release();
        }
    }

    /// <summary>A child has exited and is still a zombie: its verdict comes before its exit (PEINIT-187).</summary>
    internal void BeforeReaping(int pid)
    {
        if (_byPid.TryGetValue(pid, out JobProcess? process))
        {
            _ = process.ReadVerdict();
        }
    }

    /// <summary>Takes a job back after a re-execution.</summary>
    internal void Adopt(Job job, Fd pidfd)
    {
        JobProcess process = Track(job);
        process.Adopted(job.Pid, pidfd);
        _byPid[job.Pid] = process;
    }

    /// <summary>Reads a job's output; a pipe that is null is not there.</summary>
    internal void AttachOutput(Job job, Fd? stdout, Fd? stderr)
    {
        string origin = OutputTag.Of(job);
        string id = job.Id.ToString("D");
        if (stdout is not null)
        {
            _supervisor.Output.Attach(stdout, job.Service.Name, origin, isError: false, id);
        }

        if (stderr is not null)
        {
            _supervisor.Output.Attach(stderr, job.Service.Name, origin, isError: true, id);
        }
    }

    private static ulong Inode(Fd pipe) => Mounts.Identify(pipe).TryGet(out FileIdentity file) ? file.Inode : 0;

    private JobProcess Track(Job job)
    {
        if (!_jobs.TryGetValue(job.Id, out JobProcess? process))
        {
            process = new JobProcess(_supervisor, job);
            _jobs.Add(job.Id, process);
        }

        return process;
    }

    private Errno TrySpawn(JobProcess process)
    {
        Job job = process.Job;
        if (process.Token is null)
        {
            return Errno.EACCES;
        }

        if (!Cgroups.Open(job.CgroupPath, job.Part).TryGet(out Fd? cgroup, out Errno error))
        {
            return error;
        }

        using (cgroup)
        {
            if (!OutputPair.Create().TryGet(out OutputPair? stdout, out error))
            {
                return error;
            }

            if (!OutputPair.Create().TryGet(out OutputPair? stderr, out error))
            {
                stdout.Dispose();
                return error;
            }

            if (!Spawner.Start(Plan(process, cgroup, stdout, stderr)).TryGet(out SpawnedChild? child, out error))
            {
                stdout.Dispose();
                stderr.Dispose();
                return error;
            }

            stdout.Child.Dispose();
            stderr.Child.Dispose();
            process.Started(child);
            _supervisor.Handover?.AddPipes(process.Pid, Inode(stdout.Read), Inode(stderr.Read));
            AttachOutput(process.Job, stdout.Read, stderr.Read);
            return Errno.None;
        }
    }

    private SpawnPlan Plan(JobProcess process, Fd cgroup, OutputPair stdout, OutputPair stderr)
    {
        Job job = process.Job;
        ServiceDefinition definition = job.Definition;
        string[] arguments = new string[job.Arguments.Length + 1];
        arguments[0] = job.Path;
        job.Arguments.CopyTo(arguments, 1);
        return new SpawnPlan
        {
            Path = job.Path,
            Arguments = arguments,
            Environment = ChildEnvironment.Build(job, _supervisor.BootId),
            WorkingDirectory = definition.WorkingDirectory,
            OpenFiles = definition.LimitNoFile,
            CoreBytes = definition.LimitCore,
            OomScoreAdj = definition.Critical ? CriticalOomScore : 0,
            Stdin = _devNull,
            Stdout = stdout.Child,
            Stderr = stderr.Child,
            Cgroup = cgroup,
            Token = process.Token,
            InstallRequest = TokenSource.InstallRequest,
            Mitigations = definition.Mitigations,
            MitigationDevice = definition.Mitigations == 0 ? null : _tokens.Device,
        };
    }
}
