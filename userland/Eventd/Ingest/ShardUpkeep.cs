// SPDX-License-Identifier: MIT
using System;
using Eventd.Store;
using Peios.Interop.Sqlite;

namespace Eventd.Ingest;

/// <summary>
/// What a writer does for its shard between batches: checkpoints, and indexes made in quiet moments and dropped under
/// pressure. Everything runs on the writer's thread; only the alarm and the end of a checkpoint come from others.
/// </summary>
internal sealed class ShardUpkeep(int shard, ShardTables tables, object gate, IShardHost host)
{
    private const int CheckpointPages = 500;
    private const int FloodPages = 1500;

    private readonly PressureGauge _pressure = new();
    private volatile bool _alarm;
    private volatile bool _requested;
    private volatile bool _finish;
    private int _asked;

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

    /// <summary>File of the shard.</summary>
    internal string Path => tables.Database.Path;

    /// <summary>The checkpoint thread is done with its part; from its thread.</summary>
    /// <param name="littleLeft">The writer may copy the rest.</param>
    internal void Finish(bool littleLeft)
    {
        _finish = littleLeft;
        _requested = false;
    }

    /// <summary>
    /// Copies the write-ahead log into the database once it is long (EVT-031): at once when nothing waits, otherwise with the
    /// help of <see cref="CheckpointThread"/>.
    /// </summary>
    private void Checkpoint(bool idle)
    {
        int frames = tables.Database.WalFrames;
        if ((idle && !_requested && frames >= CheckpointPages) || _finish)
        {
            _finish = false;
            _asked = 0;
            _ = tables.Database.CheckpointPassive(out _, out _); // readers may hold it up: the next commit tries again
        }
        else if (!idle && !_requested && frames >= _asked + FloodPages)
        {
            _asked = frames;
            _requested = true;
            host.Checkpoints.Request(this);
        }
    }
}
