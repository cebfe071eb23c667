// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm.PowerCut;

/// <summary>
/// What the registry acknowledged is on the disk when the power goes. Every write of the disk is recorded; afterwards
/// the disk is rebuilt as it was at chosen moments, without what no flush had made durable, and the hive is read offline.
/// </summary>
public sealed class RegistryPowerCutTests
{
    private const int Writes = 12;
    private const string Hive = "/var/lib/registry/machine.regdb";

    [Fact]
    [Rule("HAZ-045", "LOREG-005", "LOREG-012")]
    public void AcknowledgedValues_AfterAPowerCut_AreThere()
    {
        string folder = Project.MakeFolder("vm", "powercut");
        string disk = Path.Combine(folder, "disk.img"), log = Path.Combine(folder, "writes.log"), before = Project.Image("test");
        Tool.Run("cp", "--sparse=always", before, disk);
        File.WriteAllBytes(log, []);
        List<int> acknowledged = Record(disk, log);

        WriteLog writes = WriteLog.Open(log);
        Random random = new(1);
        for (int value = 1; value <= Writes; value += 3)
        {
            int cut = acknowledged[value - 1];
            Check(folder, before, writes, cut, value, _ => false);
            // A disk writes its cache in any order: some of the unflushed writes may have made it.
            Check(folder, before, writes, cut, value, _ => random.Next(2) == 0);
        }

        Directory.Delete(folder, recursive: true);
    }

    // The length of the log right after each acknowledgement.
    private static List<int> Record(string disk, string log)
    {
        List<int> acknowledged = [];
        using Guest guest = Guest.Boot(new GuestOptions
        {
            Name = "powercut",
            Disk = $"driver=blklogwrites,file.driver=file,file.filename={disk},log.driver=file,log.filename={log}",
        });
        guest.Shell(@"regctl new -p 'Machine\Software\Cut'");
        for (int value = 1; value <= Writes; value++)
        {
            guest.Shell($@"regctl set 'Machine\Software\Cut' v{value} dword:{value}");
            acknowledged.Add(WriteLog.Open(log).Entries.Count);
        }

        guest.Kill();
        return acknowledged;
    }

    private static void Check(string folder, string before, WriteLog writes, int cut, int value, Func<int, bool> keep)
    {
        string disk = Path.Combine(folder, "cut.img");
        Tool.Run("cp", "--sparse=always", before, disk);
        _ = writes.Replay(disk, cut, keep);
        // Exit status 1 means "errors corrected": the journal was replayed.
        Tool.Run("sh", "-c", $"e2fsck -fy '{disk}' >/dev/null 2>&1; test $? -le 1");
        foreach (string suffix in (string[])["", "-wal"])
        {
            File.Delete(Path.Combine(folder, "hive" + suffix));
            Tool.Run("debugfs", "-R", $"dump {Hive}{suffix} {Path.Combine(folder, "hive" + suffix)}", disk);
        }

        string registryd = Path.Combine(Project.Root, "out/bin/registryd");
        string shown = Tool.Run(registryd, "--inspector", $"Machine={Path.Combine(folder, "hive")}");
        for (int i = 1; i <= value; i++)
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"  v{i}  type=4 layer=base"), shown, StringComparison.Ordinal);
        }
    }
}
