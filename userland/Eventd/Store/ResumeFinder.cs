// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Eventd.Ingest;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>
/// Finds out from all databases where the last run of this boot stopped (EVT-012). With one shard a CPU that is a number.
/// With several, the shards of a CPU take turns and do not commit together: everything up to the smallest of their
/// numbers is settled, and what the others hold above it is read from their newest rows.
/// </summary>
internal static class ResumeFinder
{
    /// <summary>Where each CPU goes on, and the number of the last run; 0 in a new boot.</summary>
    internal static (ResumePoint[] Points, long Run) Find(string folder, Guid boot, int cpus)
    {
        List<(string Path, ShardState State)> shards = [];
        long run = 0;
        foreach (string path in EventStore.Files(folder))
        {
            if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _))
            {
                continue;
            }

            using (db)
            {
                _ = db.SetBusyTimeout(5000);
                if (SequenceTable.Load(db, boot, cpus) is ShardState state)
                {
                    shards.Add((path, state));
                    run = Math.Max(run, state.Run);
                }
            }
        }

        // Older runs are contained in what the last one found when it began.
        _ = shards.RemoveAll(shard => shard.State.Run != run);
        ResumePoint[] points = new ResumePoint[cpus];
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            points[cpu] = Point(shards, boot, cpu);
        }

        return (points, run);
    }

    private static ResumePoint Point(List<(string Path, ShardState State)> shards, Guid boot, int cpu)
    {
        if (shards.Count == 0)
        {
            return ResumePoint.Start;
        }

        // A run that died before it had opened the CPU's shards stored nothing: where it began still holds.
        ulong last = ulong.MaxValue;
        ResumePoint floor = shards[0].State.Floor[cpu];
        List<SequenceRange> stored = [.. floor.Stored];
        foreach ((_, ShardState state) in shards)
        {
            last = Math.Min(last, state.Last[cpu] ?? ulong.MaxValue);
        }

        last = last == ulong.MaxValue ? floor.Last : last;

        foreach ((string path, ShardState state) in shards)
        {
            if (state.Last[cpu] > last)
            {
                ReadTail(path, state.StartRow, boot, cpu, last, stored);
            }
        }

        return ResumePoint.Of(last, stored);
    }

    /// <summary>Numbers above <paramref name="last"/> in the newest rows, events and gap records alike.</summary>
    private static void ReadTail(string path, long startRow, Guid boot, int cpu, ulong last, List<SequenceRange> stored)
    {
        if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _))
        {
            return;
        }

        using (db)
        {
            if (!db.TryPrepare(
                "SELECT sequence, payload FROM events WHERE id > ?1 AND cpu_id = ?2 AND boot_id = ?3 AND (sequence IS NOT NULL OR event_type = 'synthetic.gap') ORDER BY id DESC"u8,
                out SqliteStatement? rows, out _))
            {
                return;
            }

            using (rows)
            {
                _ = rows.Bind(1, startRow);
                _ = rows.Bind(2, cpu);
                _ = rows.BindBlob(3, boot.ToByteArray());
                while (rows.Step() == SqliteCode.Row)
                {
                    ulong number = (ulong)rows.ColumnInt64(0);
                    if (!rows.IsNull(0) && number <= last)
                    {
                        return;
                    }

                    if (!rows.IsNull(0))
                    {
                        stored.Add(new SequenceRange(number, number));
                    }
                    else if (GapTracker.Gap.TryRead(rows.ColumnBlob(1), out SequenceRange missing) && missing.Last > last)
                    {
                        stored.Add(missing);
                    }
                }
            }
        }
    }
}
