// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Eventd.Ingest;

/// <summary>Which CPU writes to which shards, fixed for the life of the process (EVT-015).</summary>
/// <param name="Cpus">CPUs.</param>
/// <param name="Count">Shards that can be written.</param>
internal readonly record struct ShardPlan(int Cpus, int Count)
{
    /// <summary>Does the CPU write to the shard?</summary>
    internal bool Serves(int shard, int cpu) => Count >= Cpus ? shard % Cpus == cpu : cpu % Count == shard;

    /// <summary>The CPU's shards; never none.</summary>
    internal List<int> Shards(int cpu)
    {
        List<int> shards = [];
        for (int shard = 0; shard < Count; shard++)
        {
            if (Serves(shard, cpu))
            {
                shards.Add(shard);
            }
        }

        return shards;
    }
}
