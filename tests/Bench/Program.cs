// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Bench;
using Peios.Tests;
using Tests.Vm.Harness;

string folder = Path.Combine(Repository.Root, "out/bench");
switch (args)
{
    case ["prepare"]:
        Workload.Write(folder);
        PeerWorkload.Write(folder);
        return 0;
    case ["run"]:
        break;
    default:
        Console.Error.WriteLine("Usage: bench prepare | bench run    (./build.sh bench does both)");
        return 2;
}

try
{
    bool measurePeers = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PEERS"));
    Peers peers = new(measurePeers ? PeerBench.Run(folder) : null);
    List<Row> rows =
    [
        .. AccessBench.Run(folder, Path.Combine(Repository.Root, "out/pkm/pkm.ko")),
        .. EventBench.Run(folder, Path.Combine(Repository.Root, "out/pkm-bench/pkm.ko")),
        .. BootBench.Run(folder, peers),
        .. MemoryBench.Run(peers),
    ];
    Report.Print(rows);
    Report.Write(rows, Path.Combine(folder, "results.json"));
    return 0;
}
catch (GuestFailure failure)
{
    Console.Error.WriteLine($"bench: {failure.Message}");
    return 1;
}
