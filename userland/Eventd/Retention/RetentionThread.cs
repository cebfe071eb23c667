// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Eventd.Store;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd.Retention;

/// <summary>
/// Deletes old rows, by age and by used pages, in small steps between the writers' transactions (EVT-078 to EVT-085).
/// Files never shrink: freed pages are used again.
/// </summary>
internal sealed class RetentionThread
{
    private const int StepRows = 1000;
    private const ulong DayNs = 86_400_000_000_000;

    private readonly Settings _settings;
    private readonly IReadOnlyList<Target> _events;
    private readonly Target _logs;
    private readonly AutoResetEvent _now = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <param name="settings">Limits.</param>
    /// <param name="events">The event shards.</param>
    /// <param name="logs">The log store.</param>
    internal RetentionThread(Settings settings, IReadOnlyList<Target> events, Target logs)
    {
        _settings = settings;
        _events = events;
        _logs = logs;
        _thread = new Thread(Run, 512 * 1024) { Name = "retention", IsBackground = true };
    }

    /// <summary>Starts the thread.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Runs as soon as possible: the disk is full (EVT-263).</summary>
    internal void RunNow() => _now.Set();

    /// <summary>Ends after the current step.</summary>
    internal void Stop()
    {
        _stopping = true;
        _now.Set();
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <summary>One pass over everything.</summary>
    internal void Pass()
    {
        foreach (Target target in _events)
        {
            DeleteOlder(target, _settings.EventRetentionDays);
        }

        DeleteLargest(_events, _settings.EventRetentionMaxBytes);
        DeleteOlder(_logs, _settings.LogRetentionDays);
        DeleteLargest([_logs], _settings.LogRetentionMaxBytes);
    }

    private void Run()
    {
        while (!_stopping)
        {
            _ = _now.WaitOne(TimeSpan.FromMinutes(_settings.RetentionCheckIntervalMinutes));
            if (!_stopping)
            {
                Pass();
            }
        }
    }

    private void DeleteOlder(Target target, int days)
    {
        long limit = (long)(Clock.Realtime - Math.Min(Clock.Realtime, (ulong)days * DayNs));
        WithDatabase(target, db =>
        {
            while (!_stopping && Step(target, db, limit) > 0)
            {
            }
        });
    }

    /// <summary>Deletes the oldest rows over all files together until their used pages fit (EVT-082).</summary>
    private void DeleteLargest(IReadOnlyList<Target> targets, ulong maxBytes)
    {
        while (maxBytes > 0 && !_stopping)
        {
            ulong used = 0;
            long oldest = long.MaxValue;
            Target? from = null;
            foreach (Target target in targets)
            {
                WithDatabase(target, db =>
                {
                    used += UsedBytes(db);
                    long first = Scalar(db, target.Oldest);
                    if (first > 0 && first < oldest)
                    {
                        oldest = first;
                        from = target;
                    }
                });
            }

            if (used <= maxBytes || from is null)
            {
                return;
            }

            Target victim = from;
            long deleted = 0;
            WithDatabase(victim, db => deleted = Step(victim, db, long.MaxValue));
            if (deleted == 0)
            {
                return;
            }
        }
    }

    /// <summary>Deletes up to <see cref="StepRows"/> rows before <paramref name="limit"/>, one commit (EVT-083).</summary>
    private static long Step(Target target, SqliteDatabase db, long limit)
    {
        if (!db.TryPrepare(target.Delete, out SqliteStatement? delete, out SqliteCode code))
        {
            Report.Error($"retention: {target.Path}: {code}");
            return 0;
        }

        using (delete)
        {
            _ = delete.Bind(1, limit);
            _ = delete.Bind(2, StepRows);
            lock (target.Gate)
            {
                code = delete.Run();
            }
        }

        if (code != SqliteCode.Ok)
        {
            Report.Error($"retention: {target.Path}: {code}: {db.ErrorMessage}");
            return 0;
        }

        return db.Changes;
    }

    private static ulong UsedBytes(SqliteDatabase db) =>
        (ulong)((Scalar(db, "PRAGMA page_count"u8) - Scalar(db, "PRAGMA freelist_count"u8)) * Scalar(db, "PRAGMA page_size"u8));

    private static long Scalar(SqliteDatabase db, ReadOnlySpan<byte> sql)
    {
        if (!db.TryPrepare(sql, out SqliteStatement? select, out _))
        {
            return 0;
        }

        using (select)
        {
            return select.Step() == SqliteCode.Row ? select.ColumnInt64(0) : 0;
        }
    }

    private static void WithDatabase(Target target, Action<SqliteDatabase> action)
    {
        if (!SqliteDatabase.TryOpen(target.Path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out SqliteCode code))
        {
            Report.Error($"retention: {target.Path}: {code}");
            return;
        }

        using (db)
        {
            _ = db.SetBusyTimeout(2000);
            action(db);
        }
    }

    /// <summary>A database with one table that has a timestamp.</summary>
    /// <param name="Path">File.</param>
    /// <param name="Table">events or logs.</param>
    /// <param name="Gate">The writer's lock between transactions.</param>
    internal sealed record Target(string Path, string Table, object Gate)
    {
        /// <summary>Deletes some rows before a time, oldest first.</summary>
        internal byte[] Delete { get; } = System.Text.Encoding.UTF8.GetBytes(
            $"DELETE FROM {Table} WHERE id IN (SELECT id FROM {Table} WHERE timestamp < ? ORDER BY timestamp LIMIT ?)");

        /// <summary>Time of the oldest row.</summary>
        internal byte[] Oldest { get; } = System.Text.Encoding.UTF8.GetBytes($"SELECT min(timestamp) FROM {Table}");
    }
}
