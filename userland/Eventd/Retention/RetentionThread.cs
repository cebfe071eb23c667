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
    private const int BusyStepRows = 100;
    private const int BusyPauseMs = 20;
    private const ulong DayNs = 86_400_000_000_000;

    private readonly LiveSettings _settings;
    private readonly Guid _boot;
    private readonly Func<IReadOnlyList<RetentionTarget>> _events;
    private readonly RetentionTarget _logs;
    private readonly AutoResetEvent _now = new(false);
    private readonly ManualResetEventSlim _stop = new(false);
    private readonly Thread _thread;

    /// <param name="settings">Limits.</param>
    /// <param name="boot">The present boot: rows of others go first.</param>
    /// <param name="events">The event databases at the moment, active ones and older ones.</param>
    /// <param name="logs">The log store.</param>
    internal RetentionThread(LiveSettings settings, Guid boot, Func<IReadOnlyList<RetentionTarget>> events, RetentionTarget logs)
    {
        _settings = settings;
        _boot = boot;
        _events = events;
        _logs = logs;
        _thread = new Thread(Run, 512 * 1024) { Name = "retention", IsBackground = true };
    }

    /// <summary>Starts the thread.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Runs as soon as possible: the disk is full, or a limit has changed (EVT-263).</summary>
    internal void RunNow() => _now.Set();

    /// <summary>Ends after the current step.</summary>
    internal void Stop()
    {
        _stop.Set();
        _ = _now.Set();
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <summary>One pass over everything.</summary>
    internal void Pass()
    {
        Settings settings = _settings.Current;
        IReadOnlyList<RetentionTarget> events = _events();
        foreach (RetentionTarget target in events)
        {
            DeleteOlder(target, settings.EventRetentionDays);
        }

        DeleteLargest(events, settings.EventRetentionMaxBytes);
        foreach (RetentionTarget target in events)
        {
            Trim(target);
        }

        DeleteOlder(_logs, settings.LogRetentionDays);
        DeleteLargest([_logs], settings.LogRetentionMaxBytes);
    }

    private void Run()
    {
        while (!_stop.IsSet)
        {
            // The interval is the sheet's own (EVT-079); a full disk or the end cuts it short.
            _ = _now.WaitOne(TimeSpan.FromMinutes(_settings.Current.RetentionCheckIntervalMinutes));
            if (!_stop.IsSet)
            {
                Pass();
            }
        }
    }

    private void DeleteOlder(RetentionTarget target, int days)
    {
        long limit = (long)(Clock.Realtime - Math.Min(Clock.Realtime, (ulong)days * DayNs));
        WithDatabase(target, db =>
        {
            while (!_stop.IsSet && Step(target, db, limit, LastDeletable(target, db)) > 0)
            {
            }
        });
    }

    /// <summary>
    /// Deletes the oldest rows over all files together until their used pages fit (EVT-082): those of earlier boots first
    /// (EVT-081), because their clocks may have been ahead of the present one.
    /// </summary>
    private void DeleteLargest(IReadOnlyList<RetentionTarget> targets, ulong maxBytes)
    {
        bool others = true;
        while (maxBytes > 0 && !_stop.IsSet)
        {
            ulong used = 0;
            long oldest = long.MaxValue;
            long next = long.MaxValue;
            long last = 0;
            RetentionTarget? victim = null;
            foreach (RetentionTarget target in targets)
            {
                WithDatabase(target, db =>
                {
                    used += UsedBytes(db);
                    long upTo = LastDeletable(target, db);
                    upTo = others ? Math.Min(upTo, LastOfOtherBoots(target, db)) : upTo;
                    if (upTo <= 0 || !TryScalar(db, target.Oldest, out long first, upTo))
                    {
                        return;
                    }

                    next = Math.Min(next, Math.Max(first, oldest));
                    if (first < oldest)
                    {
                        oldest = first;
                        last = upTo;
                        victim = target;
                    }
                });
            }

            if (used <= maxBytes)
            {
                return;
            }

            // Not beyond the oldest row of the other files: together they lose the oldest first.
            long limit = next == long.MaxValue ? next : next + 1;
            long deleted = 0;
            if (victim is not null)
            {
                WithDatabase(victim, db => deleted = Step(victim, db, limit, last));
            }

            if (deleted == 0 && !others)
            {
                return;
            }

            others &= deleted > 0;
        }
    }

    /// <summary>Deletes some rows before <paramref name="limit"/>, one commit (EVT-083); fewer beside a busy writer (EVT-084).</summary>
    private long Step(RetentionTarget target, SqliteDatabase db, long limit, long upTo)
    {
        if (!db.TryPrepare(target.Delete, out SqliteStatement? delete, out SqliteCode code))
        {
            Report.Error($"retention: {target.Path}: {code}");
            return 0;
        }

        bool busy = target.Busy();
        using (delete)
        {
            _ = delete.Bind(1, limit);
            _ = delete.Bind(2, upTo);
            _ = delete.Bind(3, busy ? BusyStepRows : StepRows);
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

        long deleted = db.Changes;
        if (busy)
        {
            _ = _stop.Wait(BusyPauseMs); // the sheet's longer pause; the lock is not fair
        }

        return deleted;
    }

    private static void Trim(RetentionTarget target) => WithDatabase(target, db =>
    {
        lock (target.Gate)
        {
            _ = StoreFile.Has(db, "type_blocks") ? db.Execute(TypeBlocks.Trim) : SqliteCode.Ok;
        }
    });

    private static long LastDeletable(RetentionTarget target, SqliteDatabase db) =>
        target.Written ? Scalar(db, target.Newest) - 1 : long.MaxValue;

    /// <summary>The last row before those of this boot; rows of one boot stand together, so halving finds it.</summary>
    private long LastOfOtherBoots(RetentionTarget target, SqliteDatabase db)
    {
        long other = 0;
        long own = Scalar(db, target.Newest) + 1;
        while (own - other > 1)
        {
            long middle = other + ((own - other) / 2);
            if (TryFirstOfBoot(db, target, middle))
            {
                own = middle;
            }
            else
            {
                other = middle;
            }
        }

        return other;
    }

    private bool TryFirstOfBoot(SqliteDatabase db, RetentionTarget target, long from)
    {
        if (!db.TryPrepare(target.OfBoot, out SqliteStatement? select, out _))
        {
            return true; // nothing is known to be older
        }

        using (select)
        {
            _ = select.BindBlob(1, _boot.ToByteArray());
            _ = select.Bind(2, from);
            return select.Step() != SqliteCode.Row || !select.IsNull(0);
        }
    }

    private static ulong UsedBytes(SqliteDatabase db) =>
        (ulong)((Scalar(db, "PRAGMA page_count"u8) - Scalar(db, "PRAGMA freelist_count"u8)) * Scalar(db, "PRAGMA page_size"u8));

    private static long Scalar(SqliteDatabase db, ReadOnlySpan<byte> sql) => TryScalar(db, sql, out long value) ? value : 0;

    private static bool TryScalar(SqliteDatabase db, ReadOnlySpan<byte> sql, out long value, long? parameter = null)
    {
        value = 0;
        if (!db.TryPrepare(sql, out SqliteStatement? select, out _))
        {
            return false;
        }

        using (select)
        {
            _ = parameter is long bound ? select.Bind(1, bound) : SqliteCode.Ok;
            bool found = select.Step() == SqliteCode.Row && !select.IsNull(0);
            value = found ? select.ColumnInt64(0) : 0;
            return found;
        }
    }

    /// <summary>Opens a database that is of our version (EVT-053); any other is left alone.</summary>
    private static void WithDatabase(RetentionTarget target, Action<SqliteDatabase> action)
    {
        if (!SqliteDatabase.TryOpen(target.Path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out SqliteCode code))
        {
            Report.Error($"retention: {target.Path}: {code}");
            return;
        }

        using (db)
        {
            _ = db.SetBusyTimeout(2000);
            if (StoreFile.IsOurs(db, target.Table))
            {
                action(db);
            }
        }
    }
}
