// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;
using Peios.Interop.Sqlite;

namespace Eventd.Ingest;

/// <summary>
/// Copies the write-ahead logs of flooded shards into their databases while the writers go on. A writer that did it alone
/// would stand still for as long as the disk takes, and its ring would run over. Each pass leaves only what was written
/// during it; when that is little the writer finishes, and the log begins anew.
/// </summary>
internal sealed class CheckpointThread
{
    private const int Little = 300;
    private const int MaxPasses = 6;

    private readonly object _lock = new();
    private readonly Queue<ShardUpkeep> _requests = [];
    private readonly Dictionary<string, SqliteDatabase> _connections = [];
    private readonly Thread _thread;
    private bool _stopping;

    internal CheckpointThread() => _thread = new Thread(Run, 256 * 1024) { Name = "checkpoint", IsBackground = true };

    /// <summary>Starts the thread.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Ends after the present pass.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <summary>Asks for a shard's log to be copied; <see cref="ShardUpkeep.Finish"/> answers.</summary>
    internal void Request(ShardUpkeep shard)
    {
        lock (_lock)
        {
            _requests.Enqueue(shard);
            Monitor.Pulse(_lock);
        }
    }

    private void Run()
    {
        while (true)
        {
            ShardUpkeep shard;
            lock (_lock)
            {
                while (_requests.Count == 0 && !_stopping)
                {
                    _ = Monitor.Wait(_lock);
                }

                if (_stopping)
                {
                    break;
                }

                shard = _requests.Dequeue();
            }

            shard.Finish(Copy(shard.Path));
        }

        foreach (SqliteDatabase connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    /// <summary>Is little left to copy?</summary>
    private bool Copy(string path)
    {
        if (!_connections.TryGetValue(path, out SqliteDatabase? db))
        {
            if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out db, out _))
            {
                return false;
            }

            _ = db.Execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-64"u8);
            _connections.Add(path, db);
        }

        int before = 0;
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            // Less than the whole log: a reader holds it, and the next request tries again (EVT-031).
            if (db.CheckpointPassive(out int frames, out int copied) != SqliteCode.Ok || copied < frames)
            {
                return false;
            }

            if (copied - before < Little)
            {
                return true;
            }

            before = copied;
        }

        return true;
    }
}
