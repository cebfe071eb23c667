// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm.Events;

/// <summary>
/// eventd is killed while producers on every CPU flood the rings. <c>PEIOS_EVENT_KILLS</c> says how often; the long run is
/// in docs/testing.md.
/// </summary>
public sealed class EventCrashTests
{
    private const string Store = "/var/lib/eventd/events";

    [Fact]
    [Rule("EVT-010", "EVT-012", "EVT-013", "EVT-022", "EVT-032", "EVT-034", "EVT-257", "KMES-141")]
    public void Eventd_KilledDuringAFlood_StoresEveryEventOnceOrCountsIt()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("PEIOS_EVENT_KILLS") ?? "5", CultureInfo.InvariantCulture);
        using Guest guest = Guest.Boot(new GuestOptions { Name = "events-kill", Processors = 2, MemoryMegabytes = 2048 });
        guest.Eventually("eventd answers", () => guest.Execute(GuestCommand.Shell("evctl events --json -n 1")).ExitCode == 0);
        EventFlood.KeepStarting(guest);
        EventFlood flood = new(guest, burst: 40, pauseMs: 50);
        Random random = new(kills);
        for (int i = 0; i < kills; i++)
        {
            flood.WaitForMore(random.Next(1, 1500));
            guest.Eventually("eventd runs and is killed", () => guest.Execute(GuestCommand.Shell("kill -9 $(pidof eventd)")).ExitCode == 0);
        }

        flood.WaitForMore(500);
        Dictionary<int, long> taken = flood.Stop();
        AssertComplete(guest, taken, $"{kills} kills");
    }

    /// <summary>
    /// Stops eventd and holds its store to the promise: every number of every ring once, as a row or inside a gap record.
    /// </summary>
    /// <param name="guest">The machine; the flood has stopped.</param>
    /// <param name="taken">Events that the kernel took on each CPU.</param>
    /// <param name="what">What the store went through, for the log.</param>
    internal static void AssertComplete(Guest guest, Dictionary<int, long> taken, string what)
    {
        string folder = CopyStore(guest, out List<long> last, out Guid boot);
        EventAudit audit = new(folder, boot);
        for (int cpu = 0; cpu < last.Count; cpu++)
        {
            Assert.True(audit.ReachedWithoutAHole(cpu) >= (ulong)last[cpu], $"cpu {cpu}: {audit.ReachedWithoutAHole(cpu)} of {last[cpu]}");
            Assert.Equal(audit.Largest(cpu), audit.ReachedWithoutAHole(cpu));
        }

        long emitted = taken[0] + taken[1];
        Assert.True(emitted - audit.Stored <= (long)audit.Missing, $"{emitted} emitted, {audit.Stored} stored, {audit.Missing} in gap records");
        Console.WriteLine($"{what}: {emitted} emitted, {audit.Stored} stored, {audit.Missing} in {audit.Gaps} gap records");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Stops eventd, which drains the rings, and fetches its databases.</summary>
    private static string CopyStore(Guest guest, out List<long> last, out Guid boot)
    {
        guest.Eventually("eventd answers", () => guest.Execute(GuestCommand.Shell("evctl events --json -n 1")).ExitCode == 0);
        last = EventFlood.Sequences(guest);
        boot = Guid.Parse(guest.ReadText("/proc/sys/kernel/random/boot_id").Trim());
        guest.Shell("svctl stop eventd");
        string folder = Path.Combine(guest.Folder, "events");
        Directory.CreateDirectory(folder);
        foreach (string name in guest.Shell($"cd {Store} && ls shard-*").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            File.WriteAllBytes(Path.Combine(folder, name), guest.Read($"{Store}/{name}"));
        }

        return folder;
    }
}
