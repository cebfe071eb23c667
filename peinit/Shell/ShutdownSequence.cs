// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peinit.Boot;
using Peinit.Core;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>
/// Steps 6 and 7 of a shutdown: sync and unmount in children with deadlines, then reboot whatever happened (HAZ-040,
/// PEINIT-369 to PEINIT-371).
/// </summary>
internal sealed class ShutdownSequence : LoopTimer
{
    private const ulong StepNanoseconds = 10_000_000_000;
    private const uint RemountReadOnly = Mounts.Remount | Mounts.ReadOnly;

    private static readonly string[] s_unmount = ["/run", "/dev/shm", "/dev/pts", "/sys/fs/cgroup"];

    private readonly Supervisor _supervisor;
    private readonly ShutdownType _type;
    private readonly bool _resetCounter;
    private readonly Queue<string> _steps = new();
    private ChildExit? _current;
    private bool _counting;
    private string _doing = string.Empty;

    internal ShutdownSequence(Supervisor supervisor, ShutdownType type, bool resetCounter)
    {
        _supervisor = supervisor;
        supervisor.Ending = this;
        _type = type;
        _resetCounter = resetCounter;
        _steps.Enqueue("sync");
        foreach (string target in s_unmount)
        {
            _steps.Enqueue(target);
        }

        _steps.Enqueue("/");
        _steps.Enqueue("sync");
    }

    /// <summary>Begins; the loop drives the rest.</summary>
    internal void Start()
    {
        SystemConsole.WriteLine("all services have stopped");
        // Ours below /run are closed before /run is unmounted (PEINIT-369).
        _supervisor.Control?.Dispose();
        _supervisor.Control = null;
        _supervisor.Notify?.Close();
        _supervisor.Notify = null;
        _supervisor.Output.Disconnect();
        // The counter is flushed to the disk, which may never answer: like sync, but a file of ours (HAZ-040).
        _counting = _resetCounter && _supervisor.Worker.Submit(new ResetCounter(this));
        if (_counting)
        {
            _doing = "resetting the boot attempt counter";
            _supervisor.Loop.Schedule(this, Clock.Monotonic + StepNanoseconds);
        }
        else
        {
            Next();
        }
    }

    /// <summary>sync in a child with a deadline, then RB_AUTOBOOT, without stop order (PEINIT-237, PEINIT-356).</summary>
    internal static void RebootNow(Supervisor supervisor, string reason)
    {
        SystemConsole.WriteLine(reason);
        ShutdownSequence sequence = new(supervisor, ShutdownType.Reboot, resetCounter: false);
        sequence._steps.Clear();
        sequence._steps.Enqueue("sync");
        sequence.Next();
    }

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now)
    {
        SystemConsole.WriteLine($"{_doing} takes too long, going on");
        _current?.Cancel();
        Next();
    }

    private void Counted()
    {
        if (_counting)
        {
            _supervisor.Loop.Cancel(this);
            Next();
        }
    }

    private void Next()
    {
        _current = null;
        _counting = false;
        if (_supervisor.Ending != this)
        {
            return;
        }

        if (!_steps.TryDequeue(out string? step))
        {
            Finish();
            return;
        }

        _doing = step == "sync" ? "sync" : step == "/" ? "remounting / read-only" : "unmounting " + step;
        Result<SpawnedChild> started = step switch
        {
            "sync" => Spawner.Sync(),
            "/" => Spawner.Mount("none", "/", null, RemountReadOnly, null),
            _ => Spawner.Unmount(step, 0),
        };
        if (!started.TryGet(out SpawnedChild? child, out Errno error))
        {
            SystemConsole.WriteLine($"{_doing}: {error}");
            Next();
            return;
        }

        _current = new ChildExit(_supervisor.Loop, child, Done);
        _supervisor.Loop.Schedule(this, Clock.Monotonic + StepNanoseconds);
    }

    private void Done(SpawnReport report)
    {
        _supervisor.Loop.Cancel(this);
        if (report.Verdict == SpawnVerdict.Failed)
        {
            SystemConsole.WriteLine($"{_doing}: {report.Error}");
        }

        Next();
    }

    private void Finish()
    {
        SystemConsole.WriteLine(_type switch
        {
            ShutdownType.Poweroff => "power off",
            ShutdownType.Halt => "halt",
            _ => "reboot",
        });
        _ = Mounts.Machine(_type switch
        {
            ShutdownType.Poweroff => Mounts.PowerOff,
            ShutdownType.Halt => Mounts.Halt,
            _ => Mounts.Reboot,
        });
    }

    private sealed class ResetCounter(ShutdownSequence sequence) : IoWork
    {
        internal override void Run() => _ = new BootCounter(BootCounter.DefaultDirectory).Write(0);

        internal override void Complete() => sequence.Counted();
    }
}
