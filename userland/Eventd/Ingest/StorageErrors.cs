// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Interop;

namespace Eventd.Ingest;

/// <summary>
/// Failures of stores on their way to a shard that can store them: never the failing one (EVT-042). Without a healthy
/// shard they wait for one to recover.
/// </summary>
internal sealed class StorageErrors(List<ShardWriter> writers)
{
    private const int MaxWaiting = 64;

    private readonly List<(ulong Time, byte[] Payload, int? Shard)> _waiting = [];

    /// <summary>A store failed.</summary>
    /// <param name="store">event or log.</param>
    /// <param name="shard">The failing shard, or null.</param>
    /// <param name="problem">What went wrong.</param>
    internal void Add(string store, int? shard, string problem)
    {
        lock (this)
        {
            if (_waiting.Count < MaxWaiting)
            {
                _waiting.Add((Clock.Realtime, SyntheticRows.StorageError(store, shard, problem), shard));
            }

            Retry();
        }
    }

    /// <summary>Hands over what waits, as far as there is a healthy shard.</summary>
    internal void Retry()
    {
        lock (this)
        {
            _ = _waiting.RemoveAll(waiting =>
            {
                ShardWriter? writer = writers.Find(static w => !w.Unhealthy);
                return writer is not null && writer.Post(
                    new SyntheticEvent(waiting.Time, SyntheticEvent.NoCpu, "synthetic.storage_error"u8, waiting.Payload));
            });
        }
    }
}
