// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Eventd;
using Eventd.Indexing;
using Eventd.Ingest;
using Peios.Interop.Sqlite;

namespace Peios.Tests.Eventd;

/// <summary>A daemon's part for a writer alone.</summary>
internal sealed class TestShardHost : IShardHost
{
    private volatile int _diskFulls;

    public LiveSettings Settings { get; } = new(new Settings { EventStorePath = "", LogStorePath = "", QuerySocketPath = "", LogSocketPath = "" });

    public CommitSignal Commits { get; } = new();

    public DesiredIndexes Indexes { get; } = new();

    public CheckpointThread Checkpoints { get; } = new();

    internal int DiskFulls => _diskFulls;

    internal List<string> Failures { get; } = [];

    internal int Recoveries { get; private set; }

    public void DiskFull() => _diskFulls++;

    public void ShardFailed(int shard, string problem) => Failures.Add(problem);

    public void ShardRecovered(int shard) => Recoveries++;

    public bool TryReplace([NotNullWhen(true)] out SqliteDatabase? db, out int file)
    {
        db = null;
        file = 0;
        return false;
    }
}
