// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Bench;

/// <summary>
/// Boot, shutdown, PID 1's memory and restart, in instructions of one emulated processor. The root is in memory and all
/// services are SYSTEM, as the peers had it; registryd is counted in, the other platform daemons are left out.
/// </summary>
internal static class BootBench
{
    private const string HandOver = "initramfs: hands over";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string[] CountInstructions = ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"];

    /// <summary>Boots every workload and the shipped image once.</summary>
    public static IEnumerable<Row> Run(string folder, Peers peers)
    {
        foreach (int size in Workload.Sizes)
        {
            KernelLog log = Boot($"bench-{size}", Path.Combine(folder, $"workload-{size}.tar"), "");
            foreach ((string name, string unit, double value) in Figures(size, log))
            {
                // What the whole system takes is asked of the whole system, in MemoryBench.
                if (name != "system.pss")
                {
                    yield return new Row(name, unit, Math.Round(value, 2), peers.Of(name));
                }
            }
        }

        yield return Image(folder, peers);
    }

    /// <summary>What the console of one boot says. The largest workload is the hardest for all but the boot itself.</summary>
    public static IEnumerable<(string Name, string Unit, double Value)> Figures(int size, KernelLog log)
    {
        yield return ($"boot.ready.{size}", "M instructions", log.Between(HandOver, "bench: all services ready"));
        if (size == Workload.Sizes[^1])
        {
            yield return ("boot.shutdown", "M instructions", log.Between("bench: shutdown begins", "reboot: Power down"));
            yield return ("pid1.rss", "MB", log.Values("bench: pid1 resident")[0] / 1024);
            yield return ("system.pss", "MB", log.Values("bench: system proportional")[0] / 1024);
            yield return ("restart.latency", "ms", Median(log.Values("bench: restart latency")) / 1e6);
        }
    }

    /// <summary>Boots an archive from memory until it powers off.</summary>
    public static KernelLog Boot(string name, string archive, string parameters)
    {
        using Guest guest = Guest.Start(FromMemory(name, archive, parameters));
        guest.WaitForEnd();
        return new KernelLog(guest.Console.Text);
    }

    // The content of the shipped image in memory: while the guest waits for the host's disk its clock runs ahead from timer
    // to timer, and the same boot has taken 1977 and 3277 M.
    private static Row Image(string folder, Peers peers)
    {
        using Guest guest = Guest.Start(FromMemory("bench-image", Path.Combine(folder, "image.tar"), ""));
        guest.WaitForConsole("peios: the console is up");
        double value = new KernelLog(guest.Console.Text).Between(HandOver, "peios: the console is up");
        return new Row("boot.ready.image", "M instructions", Math.Round(value, 2), peers.Of("boot.ready.image"));
    }

    private static GuestOptions FromMemory(string name, string archive, string parameters) => new()
    {
        Name = name,
        Disk = $"file={archive},format=raw,readonly=on",
        KernelParameters = "root=tmpfs loglevel=6 " + parameters,
        Patience = Patience,
        Accelerator = CountInstructions,
    };

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
