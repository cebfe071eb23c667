// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>
/// The state that the next life of PID 1 starts from, in a memfd that is mapped here: two slots for the model, two for
/// the state, each blob with its own checksum, and the pipes of running jobs (HAZ-037). Writing costs no system call.
/// <code>
/// 0        page of sequence numbers        4 KiB
/// Models   2 x model blob                  2 x 4 MiB   (sparse)
/// States   2 x state blob                  2 x 1 MiB   (sparse)
/// Pipes    table of JobPipes               96 KiB
/// </code>
/// </summary>
internal sealed unsafe class Handover : LoopTimer
{
    private const int ModelBytes = 4 << 20;
    private const int StateBytes = 1 << 20;
    private const int Models = 4096;
    private const int States = Models + (2 * ModelBytes);
    private const int Pipes = States + (2 * StateBytes);
    private const int MaxPipes = 4096;
    private const int Total = Pipes + (MaxPipes * 24);

    // State written once per this time when nothing is being forked: what is lost is found again in the cgroups.
    private const ulong DelayNanoseconds = 20_000_000;

    private readonly Fd _memory;
    private readonly byte* _map;
    private Supervisor? _supervisor;
    private long _savedModel = -1;
    private bool _complained;

    private Handover(Fd memory, byte* map)
    {
        _memory = memory;
        _map = map;
    }

    /// <summary>The memfd, for the crash guard.</summary>
    internal Fd Memory => _memory;

    /// <summary>Pipes of jobs, by pid.</summary>
    private Span<JobPipes> PipeTable => new(_map + Pipes, MaxPipes);

    /// <summary>Maps a new memory file.</summary>
    internal static Result<Handover> Create()
    {
        if (!Peios.Interop.Memory.CreateFile("peinit-state").TryGet(out Fd? memory, out Errno error))
        {
            return error;
        }

        error = Files.SetLength(memory, Total);
        return error.Ok ? Map(memory) : error;
    }

    /// <summary>Maps the file that the previous life left.</summary>
    internal static Result<Handover> Map(Fd memory)
    {
        if (!Peios.Interop.Memory.MapShared(memory, Total, writable: true).TryGet(out nint address, out Errno error))
        {
            return error;
        }

        return new Handover(memory, (byte*)address);
    }

    /// <summary>The newest machine that both blobs agree on, or null.</summary>
    internal Machine? Restore()
    {
        for (int state = 0; state < 2; state++)
        {
            for (int model = 0; model < 2; model++)
            {
                Machine? machine = Snapshot.Read(ModelSlot(Newest(0) ^ model), StateSlot(Newest(1) ^ state));
                if (machine is not null)
                {
                    return machine;
                }
            }
        }

        return null;
    }

    /// <summary>Saves from now on.</summary>
    internal void Attach(Supervisor supervisor) => _supervisor = supervisor;

    /// <summary>Something changed: save soon.</summary>
    internal void Touch()
    {
        if (!Armed && _supervisor is not null)
        {
            _supervisor.Loop.Schedule(this, Clock.Monotonic + DelayNanoseconds);
        }
    }

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now) => Save();

    /// <summary>Saves now; called before anything is forked, so that the intent is on record.</summary>
    internal void Save()
    {
        Machine machine = _supervisor!.Machine;
        bool ok = true;
        if (machine.ModelVersion != _savedModel)
        {
            ok = Write(0, Snapshot.WriteModel(machine, ModelSlot(Newest(0) ^ 1)));
            _savedModel = ok ? machine.ModelVersion : _savedModel;
        }

        ok = ok && Write(1, Snapshot.WriteState(machine, StateSlot(Newest(1) ^ 1)));
        if (!ok && !_complained)
        {
            _complained = true;
            _supervisor.Log.Error("the state is too large to hand over: after a crash of peinit the system goes to Recovery");
        }
    }

    /// <summary>Remembers which pipes a job writes to, so that the next life finds them and no others.</summary>
    internal void AddPipes(int pid, ulong stdout, ulong stderr)
    {
        foreach (ref JobPipes entry in PipeTable)
        {
            if (entry.Pid == 0)
            {
                entry.Stdout = stdout;
                entry.Stderr = stderr;
                entry.Pid = pid;
                return;
            }
        }
    }

    /// <summary>The job is over.</summary>
    internal void RemovePipes(int pid)
    {
        foreach (ref JobPipes entry in PipeTable)
        {
            if (entry.Pid == pid)
            {
                entry.Pid = 0;
                return;
            }
        }
    }

    /// <summary>Inodes of a job's pipes.</summary>
    internal bool TryGetPipes(int pid, out ulong stdout, out ulong stderr)
    {
        foreach (ref JobPipes entry in PipeTable)
        {
            if (entry.Pid == pid)
            {
                (stdout, stderr) = (entry.Stdout, entry.Stderr);
                return true;
            }
        }

        (stdout, stderr) = (0, 0);
        return false;
    }

    // The slot with the higher sequence number; a blob counts only once its number is written.
    private int Newest(int kind) => Sequence(kind, 1) > Sequence(kind, 0) ? 1 : 0;

    private ref ulong Sequence(int kind, int slot) => ref ((ulong*)_map)[(kind * 2) + slot];

    private bool Write(int kind, int length)
    {
        if (length < 0)
        {
            return false;
        }

        int newest = Newest(kind);
        System.Threading.Volatile.Write(ref Sequence(kind, newest ^ 1), Sequence(kind, newest) + 1);
        return true;
    }

    private Span<byte> ModelSlot(int slot) => new(_map + Models + (slot * ModelBytes), ModelBytes);

    private Span<byte> StateSlot(int slot) => new(_map + States + (slot * StateBytes), StateBytes);

    private struct JobPipes
    {
        internal ulong Stdout;
        internal ulong Stderr;
        internal long Pid;
    }
}
