// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Eventd.Ingest;
using Eventd.Logs;
using Eventd.Query;
using Eventd.Retention;
using Eventd.Store;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;

namespace Eventd;

/// <summary>Everything that runs, in the order of EVT-250; taken down in the order of EVT-254.</summary>
internal sealed class Daemon : IDisposable
{
    private readonly Settings _settings;
    private readonly Guid _boot;
    private readonly CommitSignal _eventCommits = new();
    private readonly CommitSignal _logCommits = new();
    private readonly List<ShardWriter> _writers = [];
    private readonly List<DrainThread> _drains = [];
    private readonly List<IRing> _rings = [];
    private ulong[] _resume = [];
    private EventStore? _store;
    private LogThread? _logs;
    private QueryServer? _queries;
    private RetentionThread? _retention;

    private Daemon(Settings settings, Guid boot)
    {
        _settings = settings;
        _boot = boot;
    }

    /// <summary>Event rows stored since start.</summary>
    internal ulong StoredEvents
    {
        get
        {
            ulong sum = 0;
            foreach (ShardWriter writer in _writers)
            {
                sum += writer.Stored;
            }

            return sum;
        }
    }

    /// <summary>Opens stores, rings and sockets and starts the threads; null with the reason (EVT-252).</summary>
    internal static Daemon? Start(Settings settings, Guid boot, IRingSource rings, IQueryAccess access, out string problem)
    {
        Daemon daemon = new(settings, boot);
        problem = daemon.Attach(rings);
        problem = problem.Length == 0 ? daemon.OpenEvents(rings) : problem;
        problem = problem.Length == 0 ? daemon.OpenLogs() : problem;
        problem = problem.Length == 0 ? daemon.OpenQueries(access) : problem;
        if (problem.Length > 0)
        {
            daemon.Dispose();
            return null;
        }

        daemon.StartThreads();
        return daemon;
    }

    /// <summary>Graceful stop: everything received is stored (EVT-254).</summary>
    /// <returns>False when a part did not end in time; its uncommitted rows are lost to this run (EVT-255).</returns>
    internal bool Stop(int timeoutMs)
    {
        long deadline = Environment.TickCount64 + timeoutMs;
        _queries!.Stop();
        _logs!.Stop();
        foreach (DrainThread drain in _drains)
        {
            drain.Stop();
        }

        _retention!.Stop();
        bool done = _logs.Join(Left(deadline));
        foreach (DrainThread drain in _drains)
        {
            done &= drain.Join(Left(deadline));
        }

        if (done)
        {
            PostShutdown();
        }

        foreach (ShardWriter writer in _writers)
        {
            writer.Stop();
        }

        foreach (ShardWriter writer in _writers)
        {
            done &= writer.Join(Left(deadline));
        }

        done &= _retention.Join(Left(deadline));
        return done & _queries.Join(Left(deadline));
    }

    /// <summary>Ends as a crash would: nothing more is committed.</summary>
    internal void Abort()
    {
        _queries?.Stop();
        _logs?.Abort();
        _drains.ForEach(static drain => drain.Abort());
        _writers.ForEach(static writer => writer.Abort());
        _retention?.Stop();
        _ = _logs?.Join(Timeout.Infinite);
        _drains.ForEach(static drain => drain.Join(Timeout.Infinite));
        _writers.ForEach(static writer => writer.Join(Timeout.Infinite));
        _ = _retention?.Join(Timeout.Infinite);
        _ = _queries?.Join(5000);
    }

    /// <summary>Closes databases and rings; the threads have ended.</summary>
    public void Dispose()
    {
        _queries?.Dispose();
        _logs?.Dispose();
        _writers.ForEach(static writer => writer.Dispose());
        _rings.ForEach(static ring => ring.Dispose());
    }

    private static int Left(long deadline) => (int)Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue);

    private string Attach(IRingSource source)
    {
        while (true)
        {
            Result<IRing> ring = source.Attach((uint)_rings.Count);
            if (ring.TryGet(out IRing? attached, out Errno error))
            {
                _rings.Add(attached);
            }
            else if (error == Errno.EINVAL && _rings.Count > 0)
            {
                return string.Empty;
            }
            else
            {
                return $"cannot attach to the ring of cpu {_rings.Count}: {error}";
            }
        }
    }

    private string OpenEvents(IRingSource rings)
    {
        int cpus = _rings.Count;
        int shards = _settings.StorageShards == 0 ? cpus : _settings.StorageShards;
        if (shards > cpus)
        {
            Report.Error($"StorageShards is {shards}: more shards than CPUs are not available yet, {cpus} are used");
            shards = cpus;
        }

        if (!EventStore.TryOpen(_settings.EventStorePath, shards, out EventStore store, out string problem))
        {
            return problem;
        }

        _store = store;
        _resume = store.ResumePoints(_boot, cpus);
        foreach (EventStore.Shard shard in store.Shards)
        {
            if (!ShardWriter.Create(shard.Index, shard.Database, _boot, _resume, _settings, _eventCommits, DiskFull)
                .TryGet(out ShardWriter? writer, out Errno error))
            {
                return $"{store.PathOf(shard.Index)}: {error}";
            }

            _writers.Add(writer);
        }

        for (int cpu = 0; cpu < cpus; cpu++)
        {
            _drains.Add(new DrainThread(
                rings, _rings[cpu], _writers[cpu % _writers.Count].Queue, _resume[cpu], _settings.MaxBatchSize));
        }

        _rings.Clear(); // the drain threads own them now
        return string.Empty;
    }

    private string OpenLogs()
    {
        Errno error = Folders.Make(Path.GetDirectoryName(_settings.LogStorePath) ?? "/", 0x1c0);
        if (!error.Ok)
        {
            return $"{_settings.LogStorePath}: {error}";
        }

        if (!OpenLogStore(out SqliteDatabase? db, out string problem))
        {
            return problem;
        }

        error = Folders.Make(Path.GetDirectoryName(_settings.LogSocketPath) ?? "/", 0x1ed);
        if (!error.Ok)
        {
            return $"{_settings.LogSocketPath}: {error}";
        }

        // Whoever may reach the file may log (EVT-248).
        if (!UnixSocket.BindDatagram(_settings.LogSocketPath, 0x1b6, credentials: false).TryGet(out UnixSocket? socket, out error))
        {
            return $"{_settings.LogSocketPath}: {error}";
        }

        return LogThread.Create(socket, db!, _boot, _settings, _logCommits).TryGet(out _logs, out error)
            ? string.Empty
            : $"{_settings.LogStorePath}: {error}";
    }

    /// <summary>A damaged log store is set aside, not repaired: logs are worth less than a running system (EVT-267).</summary>
    private bool OpenLogStore(out SqliteDatabase? db, out string problem)
    {
        string path = _settings.LogStorePath;
        if (StoreFile.TryOpen(path, durable: false, LogTable.Schema, LogTable.Required, out db, out problem))
        {
            return true;
        }

        Report.Error($"{path} is set aside: {problem}");
        foreach (string suffix in new[] { "", "-wal", "-shm" })
        {
            _ = Files.Rename(path + suffix, $"{path}.damaged{suffix}");
        }

        if (StoreFile.TryOpen(path, durable: false, LogTable.Schema, LogTable.Required, out db, out problem))
        {
            return true;
        }

        problem = $"{path}: {problem}";
        return false;
    }

    private string OpenQueries(IQueryAccess access)
    {
        Errno error = Folders.Make(Path.GetDirectoryName(_settings.QuerySocketPath) ?? "/", 0x1ed);
        if (!error.Ok)
        {
            return $"{_settings.QuerySocketPath}: {error}";
        }

        // Everybody may connect; the token decides (EVT-236).
        if (!UnixSocket.Listen(_settings.QuerySocketPath, 0x1b6).TryGet(out UnixSocket? socket, out error))
        {
            return $"{_settings.QuerySocketPath}: {error}";
        }

        _queries = new QueryServer(socket, _settings, access, _eventCommits, _logCommits);
        return string.Empty;
    }

    private void StartThreads()
    {
        List<RetentionThread.Target> targets = [];
        foreach (ShardWriter writer in _writers)
        {
            targets.Add(new RetentionThread.Target(_store!.PathOf(writer.Index), "events", writer.Gate));
            writer.Start();
        }

        _retention = new RetentionThread(_settings, targets, new RetentionThread.Target(_settings.LogStorePath, "logs", _logs!.Gate));
        _drains.ForEach(static drain => drain.Start());
        _logs.Start();
        _retention.Start();
        _queries!.Start();
        PostStartup();
    }

    private void DiskFull() => _retention?.RunNow();

    private void PostStartup()
    {
        Span<byte> buffer = stackalloc byte[4096];
        MsgPackWriter w = new(buffer);
        bool restart = Array.Exists(_resume, static last => last != 0);
        w.Map(4);
        w.String("boot_id"u8);
        w.String(_boot.ToString());
        w.String("restart"u8);
        w.Boolean(restart);
        w.String("shards"u8);
        w.Int64(_writers.Count);
        w.String("resume"u8);
        Numbers(ref w, _resume);
        _writers[0].Post(new SyntheticEvent(Clock.Realtime, SyntheticEvent.NoCpu, "synthetic.startup"u8, w.Written));
        foreach ((int index, string problem) in _store!.Refused)
        {
            PostStorageError(index, problem);
        }
    }

    private void PostStorageError(int index, string problem)
    {
        byte[] buffer = new byte[128 + (3 * problem.Length)];
        MsgPackWriter w = new(buffer);
        w.Map(3);
        w.String("store"u8);
        w.String("event"u8);
        w.String("shard"u8);
        w.Int64(index);
        w.String("description"u8);
        w.String(problem);
        _writers[0].Post(new SyntheticEvent(Clock.Realtime, SyntheticEvent.NoCpu, "synthetic.storage_error"u8, w.Written));
    }

    private void PostShutdown()
    {
        Span<byte> buffer = stackalloc byte[4096];
        MsgPackWriter w = new(buffer);
        ulong[] last = new ulong[_drains.Count];
        for (int i = 0; i < last.Length; i++)
        {
            last[i] = _drains[i].Last;
        }

        w.Map(1);
        w.String("last"u8);
        Numbers(ref w, last);
        _writers[0].Post(new SyntheticEvent(Clock.Realtime, SyntheticEvent.NoCpu, "synthetic.shutdown"u8, w.Written));
    }

    private static void Numbers(ref MsgPackWriter w, ulong[] numbers)
    {
        int shown = Math.Min(numbers.Length, 256);
        w.Array(shown);
        for (int i = 0; i < shown; i++)
        {
            w.UInt64(numbers[i]);
        }
    }
}
