// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using Eventd.Indexing;
using Peios.Interop.Sqlite;

namespace Eventd.Ingest;

/// <summary>What a shard's writer needs of the daemon around it. All members may be called from any thread.</summary>
internal interface IShardHost
{
    /// <summary>The settings in force.</summary>
    LiveSettings Settings { get; }

    /// <summary>Told about each commit of events.</summary>
    CommitSignal Commits { get; }

    /// <summary>The indexes that every shard should have.</summary>
    DesiredIndexes Indexes { get; }

    /// <summary>Copies logs beside the writers.</summary>
    CheckpointThread Checkpoints { get; }

    /// <summary>The disk is full: retention should run now (EVT-263).</summary>
    void DiskFull();

    /// <summary>A shard cannot store; said once until it can again.</summary>
    void ShardFailed(int shard, string problem);

    /// <summary>A shard stores again.</summary>
    void ShardRecovered(int shard);

    /// <summary>A new database in the place of one that SQLite found damaged (EVT-266, EVT-267).</summary>
    bool TryReplace([NotNullWhen(true)] out SqliteDatabase? db, out int file);
}
