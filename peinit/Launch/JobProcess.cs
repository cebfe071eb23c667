// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Launch;

/// <summary>
/// What the shell keeps for one job: its token until the fork, then pidfd and report pipe. As an event source it is the
/// report pipe; the verdict is posted exactly once.
/// </summary>
internal sealed class JobProcess : EventSource
{
    private readonly Supervisor _supervisor;
    private Fd? _report;
    private bool _announced;

    internal JobProcess(Supervisor supervisor, Job job)
    {
        _supervisor = supervisor;
        Job = job;
    }

    /// <inheritdoc/>
    public override int Priority => 1;

    /// <inheritdoc/>
    public override Fd Descriptor => _report!;

    internal Job Job { get; }

    /// <summary>Token obtained for the fork, or null.</summary>
    internal Fd? Token { get; set; }

    /// <summary>An authd request that has not been answered, or null.</summary>
    internal AuthdRequest? Request { get; set; }

    /// <summary>pidfd, or null before the fork.</summary>
    internal Fd? Process { get; private set; }

    internal int Pid { get; private set; }

    /// <summary>What its record says of the token; empty before the fork and after a re-execution.</summary>
    internal byte[] TokenSummary { get; private set; } = [];

    /// <summary>The job is over; late answers are for nobody.</summary>
    internal bool Released { get; private set; }

    /// <summary>The fork happened.</summary>
    internal void Started(SpawnedChild child)
    {
        Pid = child.Pid;
        Process = child.Process;
        _report = child.Report;
        TokenSummary = Token is null ? [] : Launch.TokenSummary.Of(Token);
        Token?.Dispose();
        Token = null;
        _ = _supervisor.Loop.Add(this, LoopEvents.Readable);
    }

    /// <summary>Found again after a re-execution; whether it got to its exec is long decided.</summary>
    internal void Adopted(int pid, Fd process)
    {
        Pid = pid;
        Process = process;
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        _ = ReadVerdict();
        _supervisor.Pump();
    }

    /// <summary>Posts the verdict if it is there; also called before the child is reaped (PEINIT-187).</summary>
    /// <returns>True when the verdict is known.</returns>
    internal bool ReadVerdict()
    {
        if (_report is null)
        {
            return true;
        }

        SpawnReport report = Spawner.ReadReport(_report, ref _announced);
        if (report.Verdict == SpawnVerdict.Pending)
        {
            return false;
        }

        CloseReport();
        _supervisor.Post(report.Verdict == SpawnVerdict.Executed
            ? Input.ExecSucceeded(Job)
            : Input.ExecFailed(Job, report.Step, report.Error.Value));
        return true;
    }

    /// <summary>The job has ended: nothing of it is kept but its output pipes, which end by themselves.</summary>
    internal void Release()
    {
        Released = true;
        CloseReport();
        Request?.Cancel();
        Request = null;
        Token?.Dispose();
        Token = null;
        Process?.Dispose();
        Process = null;
    }

    internal void Pump() => _supervisor.Pump();

    private void CloseReport()
    {
        if (_report is not null)
        {
            _supervisor.Loop.Remove(this);
            _report.Dispose();
            _report = null;
        }
    }
}
