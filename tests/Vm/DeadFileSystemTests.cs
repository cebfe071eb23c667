// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>A file system that stops to answer, below everything that a service's definition can name.</summary>
public sealed class DeadFileSystemTests
{
    private const string Folder = "/run/deadfs";

    [Fact]
    [Rule("PEINIT-007", "PEINIT-107", "PEINIT-211", "PEINIT-219", "PEINIT-255", "HAZ-035", "HAZ-037", "HAZ-040")]
    public void FileSystem_ThatDies_HoldsUpNothingOfPeinit()
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "deadfs", Initramfs = InitramfsWithFuse(), KernelParameters = "peios.faults=1" });
        guest.WaitForConsole("all services ready");
        Mount(guest);
        // Its binary and its output are of that file system, so everything below its /proc is.
        ServiceKeys.Define(guest, "aboard", "ImagePath", "sz:/bin/sh", "Arguments", $"multi:-c,exec {Folder}/sleep 1000 1<{Folder}/in", "Readiness", "dword:1", "StopTimeout", "dword:1");
        ServiceKeys.Define(guest, "late", "ImagePath", $"sz:{Folder}/late", "Readiness", "dword:1", "StartTimeout", "dword:1");
        ServiceKeys.Define(guest, "homeless", "ImagePath", "sz:/bin/sleep", "Arguments", "multi:1000", "Readiness", "dword:1", "WorkingDirectory", $"sz:{Folder}/home", "StartTimeout", "dword:1");
        ServiceKeys.Define(guest, "careful", "ImagePath", "sz:/bin/true", "Type", "dword:1", "Conditions", $"multi:path:{Folder}/any");
        guest.Run("/bin/svctl", "start", "aboard");
        string running = Pid(guest, "aboard");
        guest.Eventually("it has become its binary", () => guest.Shell($"readlink /proc/{running}/exe").Output.StartsWith(Folder, StringComparison.Ordinal));

        guest.Shell("kill -USR1 $(pidof deadfs)");

        // Looked at twice: the second time the first look has not ended.
        Assert.All([1, 2], _ => Assert.Contains("skipped", guest.Shell("svctl start careful").Output, StringComparison.Ordinal));
        Assert.All(["late", "homeless"], name =>
        {
            Assert.NotEqual(0, guest.Execute(new GuestCommand("/bin/svctl", "start", name)).ExitCode);
            guest.Eventually("what SIGKILL does not end is abandoned", () => State(guest, name) == "abandoned");
        });
        Assert.Equal("PONG\n", guest.Run("/bin/redis-cli", "ping").Output);

        UnixSend.Send(guest, "/run/peinit/control.sock", "{\"command\":\"fault\",\"kind\":\"segv\"}\n"u8.ToArray());
        guest.WaitForConsole("re-executing");
        guest.Eventually("the next life answers", () => guest.Execute(GuestCommand.Shell("svctl list")).ExitCode == 0);
        Assert.Equal(["active", running], [State(guest, "aboard"), Pid(guest, "aboard")]);

        // The agent goes down with the others: nobody hears how the command ended.
        _ = guest.Begin(new GuestCommand("/bin/svctl", "shutdown", "poweroff"));
        guest.WaitForEnd();
        Assert.Contains("reboot: Power down", guest.Console.Text, StringComparison.Ordinal);
    }

    private static void Mount(Guest guest)
    {
        guest.Shell($"mkdir {Folder}");
        string program = UnixSend.Install(guest, "deadfs");
        guest.Shell($"{program} {Folder} /bin/busybox >/run/deadfs.log 2>&1 </dev/null &");
        guest.Eventually("it is mounted", () => guest.Execute(GuestCommand.Shell("grep -q mounted /run/deadfs.log")).ExitCode == 0);
    }

    // Nobody may load a module later: the driver is one of the initramfs, in an archive of its own behind it.
    private static string InitramfsWithFuse()
    {
        string module = Directory.EnumerateFiles(Path.Combine(Repository.Root, "out", "kernel"), "fuse.ko", SearchOption.AllDirectories).Single();
        string made = Path.Combine(Project.MakeFolder("vm", "deadfs-initramfs"), "initramfs");
        using FileStream file = File.Create(made);
        file.Write(File.ReadAllBytes(Project.Initramfs));
        Append(file, "lib/drivers/fuse.ko", File.ReadAllBytes(module));
        Append(file, "TRAILER!!!", []);
        return made;
    }

    // One entry of a newc archive: a header in hexadecimal digits, the name, the content, each aligned to 4.
    private static void Append(FileStream file, string name, byte[] content)
    {
        uint[] fields = [1, 0x81A4, 0, 0, 1, 0, (uint)content.Length, 0, 0, 0, 0, (uint)name.Length + 1, 0];
        Align(file);
        file.Write(Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(f => f.ToString("x8", CultureInfo.InvariantCulture))) + name + "\0"));
        Align(file);
        file.Write(content);
        Align(file);
    }

    private static void Align(FileStream file) => file.Write(new byte[-file.Position & 3]);

    private static string State(Guest guest, string service) => Field(guest, service, "\"state\":\"");

    private static string Pid(Guest guest, string service) => Field(guest, service, "\"pid\":");

    private static string Field(Guest guest, string service, string before)
    {
        string status = guest.Run("/bin/svctl", "status", service, "--json").Output;
        int start = status.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return status[start..status.IndexOfAny([',', '"', '}'], start)];
    }
}
