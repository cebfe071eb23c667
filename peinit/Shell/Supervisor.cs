// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Boot;
using Peinit.Control;
using Peinit.Core;
using Peinit.Launch;
using Peinit.Notify;
using Peinit.Output;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>
/// The one loop of PID 1: kernel events become inputs, the core decides, effects become system calls. Everything here
/// runs on one thread (PEINIT-006); nothing here waits (PEINIT-007).
/// </summary>
internal sealed class Supervisor
{
    private const int StepsPerPump = 10_000;
    private const int ReapedPerRound = 64;
    private const ulong RestoreNanoseconds = 100_000_000;

    private readonly Queue<Input> _inputs = new();
    private readonly List<Effect> _effects = [];
    private readonly CoreTimer _timer;
    private readonly ReapTimer _reapAgain;
    private bool _pumping;

    internal Supervisor(EventLoop loop, Machine machine, PeinitLog log, EarlyBootResult boot)
    {
        Loop = loop;
        Machine = machine;
        Log = log;
        Boot = boot;
        Output = new OutputPump(loop);
        log.Attach(Output);
        _timer = new CoreTimer(this);
        _reapAgain = new ReapTimer(this);
        loop.OnFault(Faulted);
    }

    internal EventLoop Loop { get; }

    internal Machine Machine { get; }

    internal PeinitLog Log { get; }

    internal OutputPump Output { get; }

    /// <summary>What Phase 1 found.</summary>
    internal EarlyBootResult Boot { get; }

    internal string BootId => Boot.BootId;

    /// <summary>Set once by the program before the loop runs.</summary>
    internal EffectRunner Effects { get; set; } = null!;

    internal Launcher Launcher { get; set; } = null!;

    internal EventReporter Events { get; set; } = null!;

    internal ServiceBoot Boots { get; set; } = null!;

    internal ConfigurationLoader Configuration { get; set; } = null!;

    internal NotifySocket? Notify { get; set; }

    internal IoWorker Worker { get; set; } = null!;

    internal ControlServer? Control { get; set; }

    internal Handover? Handover { get; set; }

    /// <summary>The way to the reboot that is being gone; a forced one takes the place of an orderly one.</summary>
    internal ShutdownSequence? Ending { get; set; }

    /// <summary>The present, as the core wants it.</summary>
    internal static Moment Now => new((long)Clock.Monotonic, (long)Clock.Realtime);

    /// <summary>Queues an input; it is stepped by the next <see cref="Pump"/>, in order.</summary>
    internal void Post(in Input input) => _inputs.Enqueue(input);

    /// <summary>Steps the core until nothing is queued. Calls from inside an effect return at once.</summary>
    internal void Pump()
    {
        if (_pumping)
        {
            return;
        }

        _pumping = true;
        try
        {
            // The bound only breaks a livelock between core and shell; the timer continues.
            for (int i = 0; i < StepsPerPump && _inputs.TryDequeue(out Input input); i++)
            {
                Step(input);
            }
        }
        finally
        {
            _pumping = false;
        }

        Arm();
    }

    /// <summary>Zombies become inputs, after the messages they sent (PEINIT-432) and the verdicts on their setup (PEINIT-187).</summary>
    internal void ReapChildren()
    {
        for (int i = 0; i < ReapedPerRound; i++)
        {
            if (!Processes.PeekExited(out ExitedChild child))
            {
                return;
            }

            // Once per zombie: only now is it certain that it has sent its last message.
            Notify?.DrainBeforeReaping();
            Launcher.BeforeReaping(child.Pid);
            Post(Input.ChildExited(child.Pid, child.Code ?? -1, child.Signal ?? 0));
            // The core must see the exit while the pid still belongs to it; only then may the kernel reuse it.
            Pump();
            if (!Processes.Reap(child.Pid))
            {
                Log.Error($"pid {child.Pid} cannot be reaped");
                return;
            }
        }

        // Orphans may die faster than they are reaped: everything else gets its turn in between.
        Loop.Schedule(_reapAgain, 0);
    }

    /// <summary>Something threw. It is logged, and the loop goes on.</summary>
    internal void ReportFault(string where, Exception exception)
    {
        if (exception is OutOfMemoryException)
        {
            // What filled the heap is garbage by now; give it back before anything else needs memory.
            MemoryTrim.Now();
        }

        Log.Error($"unexpected {exception.GetType().Name} in {where}: {exception.Message} {FirstFrame(exception)}");
    }

    // The loop drops a source that throws. Without its signals, its sockets or a service's pipe PID 1 would live on and
    // do nothing, so the source comes back; not at once, since it may throw again.
    private void Faulted(EventSource? source, Exception exception)
    {
        ReportFault("an event", exception);
        if (source is not null)
        {
            Loop.Schedule(new RestoreTimer(source), Clock.Monotonic + RestoreNanoseconds);
        }
    }

    private static string FirstFrame(Exception exception)
    {
        string? trace = exception.StackTrace;
        int end = trace?.IndexOf('\n', StringComparison.Ordinal) ?? -1;
        return end < 0 ? trace?.Trim() ?? string.Empty : trace![..end].Trim();
    }

    private void Step(in Input input)
    {
        _effects.Clear();
        try
        {
            Machine.Step(input, Now, _effects);
        }
        catch (Exception e)
        {
            // What the core asked for before it failed is still true.
            ReportFault($"the core ({input.Kind})", e);
        }

        Remember();
        foreach (Effect effect in _effects)
        {
            try
            {
                Effects.Execute(effect);
            }
            catch (Exception e)
            {
                ReportFault($"the effect {effect.Kind}", e);
                Effects.Abandon(effect);
            }
        }
    }

    // A fork is on record before it happens; everything else may be a moment late (HAZ-037).
    private void Remember()
    {
        foreach (Effect effect in _effects)
        {
            if (effect.Kind == EffectKind.Spawn)
            {
                Handover?.Save();
                return;
            }
        }

        if (_effects.Count > 0)
        {
            Handover?.Touch();
        }
    }

    private void Arm()
    {
        long next = _inputs.Count > 0 ? 0 : Machine.NextDeadline;
        if (next == long.MaxValue)
        {
            Loop.Cancel(_timer);
        }
        else
        {
            Loop.Schedule(_timer, (ulong)next);
        }
    }

    private sealed class CoreTimer(Supervisor supervisor) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now)
        {
            supervisor.Post(Input.Tick());
            supervisor.Pump();
        }
    }

    private sealed class ReapTimer(Supervisor supervisor) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now)
        {
            supervisor.ReapChildren();
            supervisor.Pump();
        }
    }

    private sealed class RestoreTimer(EventSource source) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now) => _ = loop.Restore(source);
    }
}
