// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Bench;

/// <summary>Proportional memory of everything that the system itself runs: PID 1 and the four daemons.</summary>
internal static class MemoryBench
{
    private static readonly string[] System = ["peinit", "registryd", "lpsd", "authd", "eventd"];

    /// <summary>Boots the test image, whose agent asks, and adds up.</summary>
    public static IEnumerable<Row> Run(Peers peers)
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "bench-memory" });
        double kilobytes = System.Sum(name => Proportional(guest, name));
        yield return new Row("system.pss", "MB", Math.Round(kilobytes / 1024, 2), peers.Of("system.pss"));
    }

    private static double Proportional(Guest guest, string program)
    {
        string pid = program == "peinit" ? "1" : $"$(pidof {program})";
        string text = guest.Shell($"awk '/^Pss:/ {{ print $2 }}' /proc/{pid}/smaps_rollup").Output.Trim();
        return double.Parse(text, CultureInfo.InvariantCulture);
    }
}
