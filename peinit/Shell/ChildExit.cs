// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>Follows a helper child that is no job to the end of its report pipe; the reaper reaps it.</summary>
internal sealed class ChildExit : EventSource
{
    private readonly EventLoop _loop;
    private readonly SpawnedChild _child;
    private readonly Action<SpawnReport> _done;
    private bool _announced;

    internal ChildExit(EventLoop loop, SpawnedChild child, Action<SpawnReport> done)
    {
        _loop = loop;
        _child = child;
        _done = done;
        _ = loop.Add(this, LoopEvents.Readable);
    }

    /// <inheritdoc/>
    public override int Priority => 1;

    /// <inheritdoc/>
    public override Fd Descriptor => _child.Report;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        SpawnReport report = Spawner.ReadReport(_child.Report, ref _announced);
        if (report.Verdict == SpawnVerdict.Pending)
        {
            return;
        }

        Cancel();
        _done(report);
    }

    /// <summary>Stops waiting; the process is the caller's.</summary>
    internal Fd Abandon()
    {
        _loop.Remove(this);
        _child.Report.Dispose();
        return _child.Process;
    }

    /// <summary>Stops waiting.</summary>
    internal void Cancel()
    {
        _loop.Remove(this);
        _child.Dispose();
    }
}
