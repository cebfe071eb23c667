// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>The ways down: in order, halted, forced.</summary>
public sealed class ShutdownTests
{
    [Fact]
    [Rule("PEINIT-030", "PEINIT-281", "PEINIT-356", "PEINIT-369", "PEINIT-371", "PEINIT-372")]
    public void System_GoesDownInOrderHaltedAndForced()
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "shutdown" });
        guest.WaitForConsole("all services ready");

        int from = Begin(guest, "svctl shutdown reboot");
        guest.WaitForEnd();
        string down = guest.Console.Text[from..];
        Assert.Contains("reboot: Restarting system", down, StringComparison.Ordinal);
        AssertOrder(
            down, "redis: Stopping -> Inactive", "eventd: Active -> Stopping", "eventd: Stopping -> Inactive", "authd: Active -> Stopping",
            "authd: Stopping -> Inactive", "lpsd: Active -> Stopping", "lpsd: Stopping -> Inactive", "registryd: Active -> Stopping",
            "registryd: Stopping -> Inactive", "all services have stopped");

        from = guest.Console.Length;
        guest.BootAgain();
        guest.WaitForConsole("all services ready", from);
        // Orderly: the attempts before do not count, and the root's journal has nothing to tell.
        Assert.Equal("1\n", guest.ReadText("/.peinit/boot-attempts"));
        Assert.DoesNotContain("recovery", guest.Shell("dmesg | grep EXT4-fs").Output, StringComparison.Ordinal);

        from = Begin(guest, "svctl shutdown halt");
        guest.WaitForConsole("reboot: System halted", from);

        from = guest.Console.Length;
        guest.BootAgain();
        guest.WaitForConsole("all services ready", from);
        // It answers SIGTERM with two more SIGINT to process 1, and stays.
        const string stubborn = "trap \"sleep 0.3; kill -INT 1; sleep 0.3; kill -INT 1\" TERM; while true; do sleep 1000 & wait; done";
        ServiceKeys.Define(guest, "stubborn", "ImagePath", "sz:/bin/sh", "Arguments", $"multi:-c,{stubborn}", "Readiness", "dword:1", "StopTimeout", "dword:1000");
        guest.Run("/bin/svctl", "start", "stubborn");
        from = Begin(guest, "kill -INT 1");
        guest.WaitForEnd();
        down = guest.Console.Text[from..];
        AssertOrder(down, "shutting down (Reboot)", "forced reboot", "reboot: Restarting system");
        Assert.DoesNotContain("all services have stopped", down, StringComparison.Ordinal);
    }

    private static int Begin(Guest guest, string line)
    {
        int from = guest.Console.Length;
        // The agent goes down with the others: nobody hears how the command ended.
        _ = guest.Begin(GuestCommand.Shell(line)).ContinueWith(task => task.Exception, System.Threading.Tasks.TaskScheduler.Default);
        return from;
    }

    private static void AssertOrder(string console, params string[] marks)
    {
        int at = 0;
        foreach (string mark in marks)
        {
            int found = console.IndexOf(mark, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{mark}' is not where it belongs in:\n{console}");
            at = found;
        }
    }
}
