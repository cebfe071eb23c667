// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Peios.Tests;
using Tests.Vm.Harness;
using Tests.Vm.PowerCut;
using Xunit;

namespace Tests.Vm.Events;

/// <summary>
/// The power goes while producers flood the rings. Every write of the disk is recorded; afterwards the disk is rebuilt as it
/// was at chosen moments, without what no flush had made durable (HAZ-045). What a query had shown by then must be there,
/// once, and nothing may be torn. <c>PEIOS_EVENT_CUTS</c> says how often; the long run is in docs/testing.md.
/// </summary>
public sealed class EventPowerCutTests
{
    private const string Store = "/var/lib/eventd/events";

    [Fact]
    [Rule("EVT-004", "EVT-022", "EVT-023", "EVT-258", "HAZ-045")]
    public void Events_ShownByAQuery_AreThereAfterAPowerCut()
    {
        int cuts = int.Parse(Environment.GetEnvironmentVariable("PEIOS_EVENT_CUTS") ?? "3", CultureInfo.InvariantCulture);
        string folder = Project.MakeFolder("vm", "events-cut");
        string disk = Path.Combine(folder, "disk.img"), log = Path.Combine(folder, "writes.log"), before = Project.Image("test");
        Tool.Run("cp", "--sparse=always", before, disk);
        File.WriteAllBytes(log, []);
        (List<(int Entries, ulong[] Shown)> moments, Guid boot) = Record(disk, log, cuts);

        WriteLog writes = WriteLog.Open(log);
        Random random = new(cuts);
        for (int i = 0; i < moments.Count; i++)
        {
            // At the very moment, or some writes later; with none or some of the unflushed writes.
            int last = i + 1 < moments.Count ? moments[i + 1].Entries : writes.Entries.Count;
            int cut = i % 2 == 0 ? moments[i].Entries : random.Next(moments[i].Entries, last);
            Check(folder, before, writes, cut, moments[i].Shown, boot, i % 3 == 0 ? _ => false : _ => random.Next(2) == 0);
        }

        Console.WriteLine($"{moments.Count} power cuts over {writes.Entries.Count} writes");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Floods; at each moment the largest number that a query shows, by CPU, and the length of the log behind it.</summary>
    private static (List<(int Entries, ulong[] Shown)> Moments, Guid Boot) Record(string disk, string log, int cuts)
    {
        List<(int, ulong[])> moments = [];
        using Guest guest = Guest.Boot(new GuestOptions
        {
            Name = "events-cut-record",
            Processors = 2,
            Disk = $"driver=blklogwrites,file.driver=file,file.filename={disk},log.driver=file,log.filename={log}",
        });
        Guid boot = Guid.Parse(guest.ReadText("/proc/sys/kernel/random/boot_id").Trim());
        guest.Eventually("eventd answers", () => guest.Execute(GuestCommand.Shell("evctl events --json -n 1")).ExitCode == 0);
        EventFlood flood = new(guest, burst: 20, pauseMs: 50);
        Random random = new(7);
        for (int i = 0; i < cuts; i++)
        {
            flood.WaitForMore(random.Next(50, 600));
            ulong[] shown = [Shown(guest, 0), Shown(guest, 1)];
            moments.Add((WriteLog.Open(log).Entries.Count, shown));
        }

        guest.Kill();
        return (moments, boot);
    }

    private static ulong Shown(Guest guest, int cpu)
    {
        string line = guest.Shell($"evctl -f jsonl 'EVENTS flood.* WHERE cpu_id == {cpu} TAKE 1 SELECT sequence'").Output;
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? 0 : ulong.Parse(line[(colon + 1)..line.IndexOf('}', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    private static void Check(string folder, string before, WriteLog writes, int cut, ulong[] shown, Guid boot, Func<int, bool> keep)
    {
        string disk = Path.Combine(folder, "cut.img");
        Tool.Run("cp", "--sparse=always", before, disk);
        _ = writes.Replay(disk, cut, keep);
        // Exit status 1 means "errors corrected": the journal was replayed.
        Tool.Run("sh", "-c", $"e2fsck -fy '{disk}' >/dev/null 2>&1; test $? -le 1");
        string store = Path.Combine(folder, "store");
        Directory.CreateDirectory(store);
        Tool.Run("debugfs", "-R", $"rdump {Store} {store}", disk);
        string events = Path.Combine(store, "events");
        EventAudit audit = new(events, boot);
        for (int cpu = 0; cpu < shown.Length; cpu++)
        {
            ulong reached = audit.ReachedWithoutAHole(cpu);
            Assert.True(reached >= shown[cpu], $"cut {cut}, cpu {cpu}: {shown[cpu]} was shown, {reached} is there");
            Assert.Equal(audit.Largest(cpu), reached); // no hole without its record
        }

        Directory.Delete(store, recursive: true);
    }
}
