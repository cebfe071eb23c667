// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Threading;
using Eventd.Access;
using Eventd.Indexing;
using Eventd.Ingest;
using Eventd.Logs;
using Eventd.Query;
using Eventd.Retention;
using Eventd.Store;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd;

/// <summary>Everything that runs, in the order of EVT-250; taken down in the order of EVT-254.</summary>
internal sealed class Daemon : IShardHost, IDisposable
{
    private readonly Guid _boot;
    private readonly CommitSignal _logCommits = new();
    private readonly List<ShardWriter> _writers = [];
    private readonly List<DrainThread> _drains = [];
    private readonly List<IRing> _rings = [];
    private readonly StorageErrors _errors;
    private ResumePoint[] _resume = [];
    private EventStore? _store;
    private IndexPolicy? _indexes;
    private LogThread? _logs;
    private QueryServer? _queries;
    private RetentionThread? _retention;

    private Daemon(Settings settings, Guid boot)
    {
        Settings = new LiveSettings(settings);
        _boot = boot;
        _errors = new StorageErrors(_writers);
    }

    /// <inheritdoc/>
    public LiveSettings Settings { get; }

    /// <inheritdoc/>
    public CommitSignal Commits { get; } = new();

    /// <inheritdoc/>
    public DesiredIndexes Indexes { get; } = new();

    /// <inheritdoc/>
    public CheckpointThread Checkpoints { get; } = new();

    /// <summary>The writers of the active shards.</summary>
    internal IReadOnlyList<ShardWriter> Writers => _writers;

    /// <summary>The threads that read the rings, by CPU.</summary>
    internal IReadOnlyList<DrainThread> Drains => _drains;

    /// <summary>Receives and writes logs.</summary>
    internal LogThread Logs => _logs!;

    /// <summary>Decides about indexes.</summary>
    internal IndexPolicy IndexPolicy => _indexes!;

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
    internal static Daemon? Start(
        Settings settings, Guid boot, IRingSource rings, IAccessJudge judge, SecurityCatalogue security, out string problem)
    {
        Daemon daemon = new(settings, boot);
        problem = daemon.Attach(rings);
        problem = problem.Length == 0 ? daemon.OpenEvents(rings) : problem;
        problem = problem.Length == 0 ? daemon.OpenLogs() : problem;
        problem = problem.Length == 0 ? daemon.OpenQueries(judge, security) : problem;
        if (problem.Length > 0)
        {
            daemon.Dispose();
            return null;
        }

        daemon.StartThreads();
        return daemon;
    }

    /// <summary>Takes over what may change at run time, each change with its record (EVT-274, EVT-275).</summary>
    internal void Apply(Settings next)
    {
        Settings before = Settings.Current;
        Settings now = before;
        foreach (Tunable tunable in Tunable.All)
        {
            ulong old = tunable.Get(before);
            ulong value = tunable.Get(next);
            if (old == value)
            {
                continue;
            }

            if (tunable.AtStart)
            {
                Report.Info($"{tunable.Name} is {value} from the next start on");
                continue;
            }

            now = tunable.With(now, value);
            Post("synthetic.config_change"u8, SyntheticRows.ConfigChange(tunable.Name, old, value));
        }

        Settings.Current = now;
        _writers.ForEach(writer => writer.Queue.SetMaxEntries(now.MaxBatchSize));
    }

    /// <summary>State for people: threads, queues, indexes.</summary>
    internal string Describe()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"boot {_boot}; {StoredEvents} event rows and {_logs!.Stored} log records stored");
        for (int cpu = 0; cpu < _drains.Count; cpu++)
        {
            text.Append(CultureInfo.InvariantCulture, $"; cpu {cpu}: last sequence {_drains[cpu].Last}");
        }

        foreach (ShardWriter writer in _writers)
        {
            text.Append(CultureInfo.InvariantCulture, $"; shard {writer.Index}: {writer.Commits} commits, the largest of {writer.LargestBatch} rows, {writer.Queue.Entries} entries queued{(writer.Unhealthy ? ", cannot store" : "")}");
        }

        return text.Append("; desired indexes: ").AppendJoin(' ', Indexes.Columns).ToString();
    }

    /// <summary>Graceful stop: everything received is stored (EVT-254).</summary>
    /// <returns>False when a part did not end in time; its uncommitted rows are lost to this run (EVT-255).</returns>
    internal bool Stop(int timeoutMs)
    {
        long deadline = Environment.TickCount64 + timeoutMs;
        _queries!.Stop();
        _logs!.Stop();
        _drains.ForEach(static drain => drain.Stop());
        _retention!.Stop();
        _indexes!.Stop();
        bool done = _logs.Join(Left(deadline));
        foreach (DrainThread drain in _drains)
        {
            done &= drain.Join(Left(deadline));
        }

        if (done)
        {
            Post("synthetic.shutdown"u8, SyntheticRows.Shutdown(_drains.ConvertAll(static drain => drain.Last).ToArray()));
        }

        _writers.ForEach(static writer => writer.Stop());
        foreach (ShardWriter writer in _writers)
        {
            done &= writer.Join(Left(deadline));
        }

        Checkpoints.Stop();
        done &= _retention.Join(Left(deadline)) & _indexes.Join(Left(deadline)) & Checkpoints.Join(Left(deadline));
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
        _indexes?.Stop();
        Checkpoints.Stop();
        _ = Checkpoints.Join(Timeout.Infinite);
        _ = _logs?.Join(Timeout.Infinite);
        _drains.ForEach(static drain => drain.Join(Timeout.Infinite));
        _writers.ForEach(static writer => writer.Join(Timeout.Infinite));
        _ = _retention?.Join(Timeout.Infinite);
        _ = _indexes?.Join(Timeout.Infinite);
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

    /// <inheritdoc/>
    public void DiskFull() => _retention?.RunNow();

    /// <inheritdoc/>
    public void ShardFailed(int shard, string problem) => _errors.Add("event", shard, problem);

    /// <inheritdoc/>
    public void ShardRecovered(int shard) => _errors.Retry();

    /// <inheritdoc/>
    public bool TryReplace([NotNullWhen(true)] out SqliteDatabase? db, out int file)
    {
        bool added = _store!.TryAdd(out db, out file);
        Commits.Added();
        return added;
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
        Settings settings = Settings.Current;
        int shards = settings.StorageShards == 0 ? cpus : settings.StorageShards;
        if (!EventStore.TryOpen(settings.EventStorePath, shards, out EventStore store, out string problem))
        {
            return problem;
        }

        _store = store;
        (_resume, long run) = ResumeFinder.Find(settings.EventStorePath, _boot, cpus);
        ShardPlan plan = new(cpus, store.Shards.Count);
        for (int i = 0; i < store.Shards.Count; i++)
        {
            EventStore.Shard shard = store.Shards[i];
            bool[] serves = new bool[cpus];
            for (int cpu = 0; cpu < cpus; cpu++)
            {
                serves[cpu] = plan.Serves(i, cpu);
            }

            if (!ShardTables.Open(shard.Database, _boot, _resume, serves, run + 1).TryGet(out ShardTables? tables, out Errno error))
            {
                return $"{store.PathOf(shard.Index)}: {error}";
            }

            _writers.Add(new ShardWriter(shard.Index, tables, cpus, this));
        }

        for (int cpu = 0; cpu < cpus; cpu++)
        {
            ShardWriter[] writers = [.. plan.Shards(cpu).ConvertAll(i => _writers[i])];
            _drains.Add(new DrainThread(rings, _rings[cpu], writers, _resume[cpu], settings.MaxBatchSize));
        }

        _rings.Clear(); // the drain threads own them now
        _indexes = new IndexPolicy(Settings, Indexes, MetaStore.Open(settings.EventStorePath));
        Indexes.Changed = () => _writers.ForEach(static writer => writer.Queue.Wake());
        return string.Empty;
    }

    private string OpenLogs()
    {
        if (!LogStore.TryOpen(Settings.Current, out SqliteDatabase? db, out Peios.Ipc.UnixSocket? socket, out string problem))
        {
            return problem;
        }

        return LogThread.Create(socket, db, _boot, Settings, _logCommits, text => _errors.Add("log", null, text))
            .TryGet(out _logs, out Errno error)
            ? string.Empty
            : $"{Settings.Current.LogStorePath}: {error}";
    }

    private string OpenQueries(IAccessJudge judge, SecurityCatalogue security)
    {
        QueryContext context = new(Settings, judge, security, Commits, _logCommits, _indexes!);
        return QueryServer.TryOpen(context, out _queries, out string problem) ? string.Empty : problem;
    }

    private void StartThreads()
    {
        _retention = new RetentionThread(
            Settings, _boot, Targets, new RetentionTarget(Settings.Current.LogStorePath, "logs", Written: true, _logs!.Gate, static () => false));
        _writers.ForEach(static writer => writer.Start());
        _drains.ForEach(static drain => drain.Start());
        _logs.Start();
        _retention.Start();
        Checkpoints.Start();
        _indexes!.Start();
        _queries!.Start();
        ulong[] resume = Array.ConvertAll(_resume, static point => point.Last);
        bool restart = Array.Exists(resume, static last => last != 0);
        Post("synthetic.startup"u8, SyntheticRows.Startup(_boot, restart, _writers.Count, resume));
        foreach ((int index, string problem) in _store!.Refused)
        {
            _errors.Add("event", index, problem);
        }
    }

    /// <summary>Every event database, those of earlier shard counts included (EVT-020).</summary>
    private List<RetentionTarget> Targets()
    {
        List<RetentionTarget> targets = [];
        foreach (string path in EventStore.Files(Settings.Current.EventStorePath))
        {
            ShardWriter? writer = _writers.Find(w => _store!.PathOf(w.Index) == path);
            targets.Add(writer is null
                ? new RetentionTarget(path, "events", Written: false, new object(), static () => false)
                : new RetentionTarget(path, "events", Written: true, writer.Gate, () => writer.Queue.Entries > 0));
        }

        return targets;
    }

    /// <summary>A row of the whole daemon goes to the first shard (EVT-041), or to the first that can store.</summary>
    private void Post(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        SyntheticEvent row = new(Clock.Realtime, SyntheticEvent.NoCpu, type, payload);
        ShardWriter writer = _writers.Find(static w => !w.Unhealthy) ?? _writers[0];
        _ = writer.Post(row);
    }
}
