// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using Tests.Vm.Harness;

namespace Tests.Vm.Events;

/// <summary>Producers on every CPU of a guest (tests/Vm/tools/eventflood.c), and eventd as their victim.</summary>
internal sealed class EventFlood
{
    private const string Program = "/var/tmp/eventflood";
    private const string StopFile = "/run/eventflood.stop";

    private readonly Guest _guest;
    private readonly Task<CommandResult> _producers;

    /// <summary>Starts the producers.</summary>
    internal EventFlood(Guest guest, int burst, int pauseMs)
    {
        _guest = guest;
        string binary = Path.Combine(guest.Folder, "eventflood");
        Tool.Run(
            "gcc", "-static", "-O2", "-Wall", "-Werror", "-I", Path.Combine(Peios.Tests.Repository.Root, "pkm", "include", "uapi"),
            "-o", binary, Path.Combine(Peios.Tests.Repository.Root, "tests", "Vm", "tools", "eventflood.c"));
        guest.Write(Program, File.ReadAllBytes(binary), 0x1ED);
        string[] numbers = [burst.ToString(CultureInfo.InvariantCulture), pauseMs.ToString(CultureInfo.InvariantCulture)];
        _producers = guest.Begin(new GuestCommand(Program, StopFile, numbers[0], numbers[1]) { Timeout = TimeSpan.FromHours(1) });
    }

    /// <summary>Last sequence number of each CPU, as the kernel says.</summary>
    internal static List<long> Sequences(Guest guest) => Rings(guest, "events");

    /// <summary>
    /// A figure of each CPU's ring. eventd is asked only for gaps: summing up its records reads of the store what may hold
    /// them, and a test that polls would slow down with every event that the flood emits meanwhile.
    /// </summary>
    internal static List<long> Rings(Guest guest, string figure, bool askEventd = false)
    {
        using JsonDocument rings = JsonDocument.Parse(guest.Shell(askEventd ? "evctl rings --json" : "evctl rings --json -s /nowhere").Output);
        List<long> figures = [];
        foreach (JsonElement ring in rings.RootElement.GetProperty("rings").EnumerateArray())
        {
            figures.Add(ring.GetProperty(figure).GetInt64());
        }

        return figures;
    }

    /// <summary>Waits until that many more events were emitted on all CPUs together: a moment without a clock.</summary>
    internal void WaitForMore(int events)
    {
        long target = Sum() + events;
        _guest.Eventually($"{events} more events", () => Sum() >= target);
    }

    /// <summary>Ends the producers: how many events of each the kernel took, by producer.</summary>
    internal Dictionary<int, long> Stop()
    {
        _guest.Shell($"touch {StopFile}");
        Dictionary<int, long> taken = [];
        foreach (string line in _producers.Result.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            taken[int.Parse(words[0], CultureInfo.InvariantCulture)] = long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        return taken;
    }

    /// <summary>eventd is started again at once, however often it dies.</summary>
    internal static void KeepStarting(Guest guest)
    {
        const string Key = @"'Machine\System\Services\eventd'";
        guest.Shell($"regctl set {Key} RestartPolicy dword:2 && regctl set {Key} RestartDelay dword:0 && regctl set {Key} RestartMaxRetries dword:100000");
        guest.Shell("svctl reload-config");
    }

    private long Sum()
    {
        long sum = 0;
        Sequences(_guest).ForEach(last => sum += last);
        return sum;
    }
}
