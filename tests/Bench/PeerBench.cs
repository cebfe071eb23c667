// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Bench;

/// <summary>The same figures of other init systems, measured in this run.</summary>
internal static class PeerBench
{
    /// <summary>Boots each system with each workload; the result is ordered by case, then by system.</summary>
    public static Dictionary<string, Dictionary<string, double>> Run(string folder)
    {
        Dictionary<string, Dictionary<string, double>> measured = [];
        foreach (string name in PeerWorkload.Names)
        {
            foreach (int size in Workload.Sizes)
            {
                Console.WriteLine($"  {name}, {size} Oneshots");
                KernelLog log = BootBench.Boot(
                    $"bench-{name}-{size}", Path.Combine(folder, $"{name}-{size}.tar"), $"pkm.mode=off bench.oneshots={size}");
                foreach ((string row, _, double value) in BootBench.Figures(size, log))
                {
                    if (!measured.TryGetValue(row, out Dictionary<string, double>? peers))
                    {
                        measured.Add(row, peers = []);
                    }

                    peers.Add(name == "loop" ? "static C loop" : name, Math.Round(value, 2));
                }
            }
        }

        return measured;
    }
}
