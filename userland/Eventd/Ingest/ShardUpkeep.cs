// SPDX-License-Identifier: MIT
using System;
using Eventd.Store;
using Peios.Interop.Sqlite;

namespace Eventd.Ingest;

/// <summary>
/// What a writer does for its shard between batches: checkpoints, and indexes made in quiet moments and dropped under
/// pressure. Everything runs on the writer's thread; only the alarm comes from others.
/// </summary>
internal sealed class ShardUpkeep(int shard, ShardTables tables, object gate, IShardHost host)
{
    private const int CheckpointPages = 500;
    private const int FloodFactor = 8;

    private readonly PressureGauge _pressure = new();
    private volatile bool _alarm;

    /// <summary>A ring is nearly full: at the next full batch all indexes go (EVT-068).</summary>
    internal void Alarm() => _alarm = true;

    /// <summary>After each commit.</summary>
    /// <param name="large">The batch was above 75 % of MaxBatchSize.</param>
    /// <param name="idle">Nothing more is waiting.</param>
    internal void Committed(bool large, bool idle)
    {
        Settings settings = host.Settings.Current;
        _pressure.Note(Environment.TickCount64, settings.SheddingWindowSeconds * 1000, large);
        lock (gate)
        {
            if (_alarm && large)
            {
                tables.Indexes.DropAll();
            }
            else if (_pressure.Above(settings.SheddingBatchPercent) && tables.Indexes.DropLowest(host.Indexes.Columns))
            {
                _pressure.Reset(); // the effect is to be seen before the next one goes (EVT-067)
            }
        }

        _alarm = false;
        Checkpoint(idle);
    }

    /// <summary>One step towards the desired indexes; false when now is not the time (EVT-064, EVT-070).</summary>
    internal bool Tend()
    {
        _pressure.Turn(Environment.TickCount64, host.Settings.Current.SheddingWindowSeconds * 1000);
        if (!tables.Differ(host.Indexes))
        {
            return true;
        }

        if (_pressure.AnyLarge)
        {
            return false;
        }

        SqliteCode code;
        lock (gate)
        {
            code = tables.Indexes.Step(host.Indexes.Columns);
        }

        if (code is not (SqliteCode.Ok or SqliteCode.Interrupt))
        {
            Report.Error($"shard {shard}: index: {code}: {tables.Database.ErrorMessage}");
        }

        Checkpoint(idle: true);
        return code == SqliteCode.Ok;
    }

    /// <summary>
    /// Copies the write-ahead log into the database once it is long (EVT-031). In a flood the log may grow to eight times
    /// as much first: a checkpoint costs two flushes of the disk, whatever its size.
    /// </summary>
    private void Checkpoint(bool idle)
    {
        if (tables.Database.WalFrames >= (idle ? CheckpointPages : FloodFactor * CheckpointPages))
        {
            _ = tables.Database.CheckpointPassive(out _, out _); // readers may hold it up: the next commit tries again
        }
    }
}
