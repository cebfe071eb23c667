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
    private static readonly string[] CountInstructions = ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"];

    /// <summary>Boots every workload and the shipped image once.</summary>
    public static IEnumerable<Row> Run(string folder)
    {
        foreach (int size in Workload.Sizes)
        {
            KernelLog log = Boot($"bench-{size}", new GuestOptions
            {
                Disk = $"file={Path.Combine(folder, $"workload-{size}.tar")},format=raw,readonly=on",
                KernelParameters = "root=tmpfs loglevel=6",
            });
            yield return Row($"boot.ready.{size}", "M instructions", log.Between(HandOver, "bench: all services ready"));
            if (size != Workload.Sizes[^1])
            {
                continue;
            }

            // The largest workload is the hardest for the rest.
            yield return Row("boot.shutdown", "M instructions", log.Between("bench: shutdown begins", "reboot: Power down"));
            yield return Row("pid1.rss", "MB", log.Values("bench: pid1 resident")[0] / 1024);
            yield return Row("restart.latency", "ms", Median(log.Values("bench: restart latency")) / 1e6);
        }

        yield return Image();
    }

    private static Row Image()
    {
        using Guest guest = Guest.Start(new GuestOptions
        {
            Name = "bench-image",
            Image = "peios",
            Accelerator = CountInstructions,
            KernelParameters = "loglevel=6",
        });
        guest.WaitForConsole("peios: the console is up");
        return Row("boot.ready.image", "M instructions", new KernelLog(guest.Console.Text).Between(HandOver, "peios: the console is up"));
    }

    private static KernelLog Boot(string name, GuestOptions options)
    {
        using Guest guest = Guest.Start(options with { Name = name, Accelerator = CountInstructions });
        guest.WaitForEnd();
        return new KernelLog(guest.Console.Text);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static Row Row(string name, string unit, double value) => new(name, unit, Math.Round(value, 2), Peers.Of(name));
}
