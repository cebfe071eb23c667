// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>The image as it stands after an ordinary boot.</summary>
public sealed class BootTests : GuestTest
{
    public BootTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Theory]
    [InlineData("/proc", "proc", "nosuid,nodev,noexec")]
    [InlineData("/sys", "sysfs", "nosuid,nodev,noexec")]
    [InlineData("/sys/kernel/security", "securityfs", "nosuid,nodev,noexec")]
    [InlineData("/dev", "devtmpfs", "nosuid")]
    [InlineData("/dev/pts", "devpts", "nosuid,noexec")]
    [InlineData("/dev/shm", "tmpfs", "nosuid,nodev")]
    [InlineData("/run", "tmpfs", "nosuid,nodev")]
    [InlineData("/sys/fs/cgroup", "cgroup2", "nosuid,nodev,noexec")]
    [Rule("PEINIT-033", "PEINIT-034")]
    public void Mounts_Phase1_HaveTypeAndFlags(string target, string type, string flags)
    {
        string[] mount = Guest.ReadText("/proc/mounts").Split('\n').Select(line => line.Split(' ')).Last(m => m.Length > 3 && m[1] == target);

        Assert.Equal(type, mount[2]);
        Assert.Empty(flags.Split(',').Except(mount[3].Split(',')));
        Assert.Equal(flags.Contains("noexec", StringComparison.Ordinal), mount[3].Contains("noexec", StringComparison.Ordinal));
    }

    [Fact]
    [Rule("PEINIT-019", "PEINIT-020")]
    public void BootId_File_IsTheKernels() =>
        Assert.Equal(Guest.ReadText("/proc/sys/kernel/random/boot_id"), Guest.ReadText("/run/peinit/boot-id"));

    [Fact]
    [Rule("HAZ-016")]
    public void SignatureEnforcement_AfterBoot_RefusesUnsignedModules() =>
        Assert.Equal("Y\n", Guest.ReadText("/sys/module/module/parameters/sig_enforce"));

    [Fact]
    public void Services_AfterBoot_RunAsTheirProjectedIds()
    {
        string owner = Guest.Shell("stat -c %u /proc/$(pidof redis-server) /proc/1 | tr '\\n' ' '").Output;

        Assert.Equal("19 0 ", owner);
    }

    [Fact]
    [Rule("CLI-008")]
    public void Console_ControlC_EndsATool()
    {
        // What a script of a service starts is told that it were one, and must listen to signals all the same.
        Guest.WaitForConsole("peios:~#");
        Guest.Type("PEIOS_SERVICE=console evctl follow no.such.type\r");
        Guest.Eventually("it runs", () => Guest.Shell("pidof evctl || true").Output.Length > 1);

        Guest.Type("\u0003");
        Guest.Eventually("it has ended", () => Guest.Shell("pidof evctl || true").Output.Length <= 1);
        Guest.Type("echo it ended with $?\r");

        Guest.WaitForConsole("it ended with 130");
    }

    [Fact]
    [Rule("CLI-001")]
    public void Tools_OfTheImage_AreOneProgramUnderAllNames()
    {
        const string names = "/bin/svctl /bin/regctl /bin/evctl /bin/idn /bin/sd /sbin/reboot /sbin/poweroff /sbin/halt /sbin/shutdown";

        Assert.Equal("/usr/bin/peios-tools\n", Guest.Shell($"realpath {names} | sort -u").Output);
        Assert.Equal("reboot 0.1.0\n", Guest.Shell("/sbin/reboot --version").Output);
    }

    [Fact]
    [Rule("PEINIT-169")]
    public void Redis_MainProcess_IsInItsCgroup() =>
        Assert.Equal("0::/peinit/redis/main\n", Guest.Shell("cat /proc/$(pidof redis-server)/cgroup").Output);

    [Theory]
    [InlineData("/run", "mode=755")]
    [InlineData("/dev/pts", "mode=620,ptmxmode=666")]
    [InlineData("/", "rw")]
    [Rule("PEINIT-032", "PEINIT-035")]
    public void Mounts_Phase1_HaveTheirData(string target, string data)
    {
        string[] mount = Guest.ReadText("/proc/mounts").Split('\n').Select(line => line.Split(' ')).Last(m => m.Length > 3 && m[1] == target);

        Assert.Empty(data.Split(',').Except(mount[3].Split(',')));
        Assert.Equal("1777\n", Guest.Shell("stat -c %a /dev/shm").Output);
    }

    [Fact]
    [Rule("PEINIT-018")]
    public void Process1_TakesSignalsFromItsDescriptorOnly()
    {
        // Ctrl+Alt+Del is a signal, too.
        Assert.Equal("0\n", Guest.ReadText("/proc/sys/kernel/ctrl-alt-del"));
        ulong blocked = Convert.ToUInt64(Guest.Shell("sed -n 's/^SigBlk:\t//p' /proc/1/status").Output.Trim(), 16);
        Assert.All([1, 2, 3, 10, 12, 13, 14, 15, 17], signal => Assert.NotEqual(0UL, blocked & (1UL << (signal - 1))));
        Assert.Contains("signalfd", Guest.Shell("ls -l /proc/1/fd").Output, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("PEINIT-015")]
    public void Peinit_NotProcess1_EndsWithoutSideEffects()
    {
        string before = Traces();

        CommandResult result = Guest.Execute(new GuestCommand("/sbin/peinit"));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("as process 1 only", result.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Traces());
    }

    [Fact]
    [Rule("PEINIT-047", "PEINIT-048", "PEINIT-428")]
    public void Sockets_AreOpenToAllInAFolderThatIsNot()
    {
        Assert.Equal("755 0 666 666\n", Guest.Shell("echo $(stat -c '%a %u' /run/peinit) $(stat -c %a /run/peinit/notify.sock /run/peinit/control.sock)").Output);
        Assert.Contains("UP", Guest.Shell("ifconfig lo").Output, StringComparison.Ordinal);
    }

    // What a second start would have made anew.
    private string Traces() => Guest.Shell("stat -c '%i %Z' /run/peinit/notify.sock /run/peinit/control.sock /run/peinit/boot-id /.peinit/boot-attempts; wc -l </proc/mounts").Output;
}
