// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>
/// The one thread that may wait for the registry or a disk (HAZ-038, PEINIT-008). Work goes in by a queue and comes
/// back through an eventfd into the loop. The thread starts with the first work.
/// </summary>
internal sealed unsafe class IoWorker : EventSource
{
    // A registry source answers or times out within 30 s; more than this many waiting means that it does neither.
    private const int MaxQueued = 1024;
    private const int PerRound = 16;
    private const int StackBytes = 256 * 1024;

    private readonly Supervisor _supervisor;
    private readonly Fd _wake;
    private readonly object _lock = new();
    private readonly Queue<IoWork> _todo = new();
    private readonly Queue<IoWork> _done = new();
    private Thread? _thread;

    private IoWorker(Supervisor supervisor, Fd wake)
    {
        _supervisor = supervisor;
        _wake = wake;
    }

    /// <inheritdoc/>
    public override int Priority => 2;

    /// <inheritdoc/>
    public override Fd Descriptor => _wake;

    internal static Result<IoWorker> Create(Supervisor supervisor) =>
        Libc.Own(Libc.eventfd(0, Files.CloseOnExec | Files.NonBlocking)).TryGet(out Fd? wake, out Errno error)
            ? new IoWorker(supervisor, wake)
            : error;

    /// <summary>Queues work.</summary>
    /// <returns>False when the queue is full: the work is not done and not completed.</returns>
    internal bool Submit(IoWork work)
    {
        lock (_lock)
        {
            if (_todo.Count >= MaxQueued)
            {
                return false;
            }

            _todo.Enqueue(work);
            Monitor.Pulse(_lock);
        }

        if (_thread is null)
        {
            _thread = new Thread(Work, StackBytes) { IsBackground = true, Name = "peinit-io" };
            _thread.Start();
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        ulong count;
        _ = Libc.read(_wake.Raw, &count, sizeof(ulong));
        for (int i = 0; i < PerRound; i++)
        {
            IoWork? work;
            lock (_lock)
            {
                if (!_done.TryDequeue(out work))
                {
                    break;
                }
            }

            Complete(work);
        }

        lock (_lock)
        {
            if (_done.Count > 0)
            {
                Wake();
            }
        }

        _supervisor.Pump();
    }

    // One failing completion must not remove the source that all others need.
    private void Complete(IoWork work)
    {
        if (work.Failure is not null)
        {
            _supervisor.ReportFault("background work", work.Failure);
        }

        try
        {
            work.Complete();
        }
        catch (Exception e)
        {
            _supervisor.ReportFault("completing background work", e);
        }
    }

    private void Work()
    {
        // Without it a stack overflow here could not re-execute (aot.md).
        _ = CrashGuard.CoverThread();
        for (; ; )
        {
            IoWork work;
            lock (_lock)
            {
                while (_todo.Count == 0)
                {
                    _ = Monitor.Wait(_lock);
                }

                work = _todo.Dequeue();
            }

            try
            {
                work.Run();
            }
            catch (Exception e)
            {
                work.Failure = e;
            }

            lock (_lock)
            {
                _done.Enqueue(work);
            }

            Wake();
        }
    }

    private void Wake()
    {
        ulong one = 1;
        _ = Libc.write(_wake.Raw, &one, sizeof(ulong));
    }
}
