// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Recovery mode, over the serial console: no service runs there, so no agent either.</summary>
public sealed class RecoveryTests
{
    [Fact]
    [Rule("PEINIT-022", "PEINIT-075", "PEINIT-076")]
    public void Boot_RecoveryParameter_GivesSystemShellAndReason()
    {
        using Guest guest = Start("peios.recovery=1");
        guest.WaitForConsole("RECOVERY MODE");

        guest.Type("echo shell of pid $PPID, uid $(id -u)\n");

        guest.WaitForConsole("shell of pid 1, uid 0");
    }

    [Fact]
    [Rule("PEINIT-076")]
    public void RecoveryShell_Exits_IsStartedAgain()
    {
        using Guest guest = Start("peios.recovery=1");
        guest.WaitForConsole("RECOVERY MODE");

        guest.Type("echo first $$; exit\n");
        guest.WaitForConsole("first ");
        int after = guest.Console.Length;
        guest.Eventually("a new shell answers", () =>
        {
            guest.Type("echo sec''ond\n");
            return guest.Console.Text.IndexOf("second", after, StringComparison.Ordinal) >= 0;
        });
    }

    [Fact]
    [Rule("PEINIT-077")]
    public void Recovery_Terminate_PowersOff()
    {
        using Guest guest = Start("peios.recovery=1");
        guest.WaitForConsole("RECOVERY MODE");

        guest.Type("kill -TERM 1\n");

        guest.WaitForEnd();
        Assert.Contains("reboot: Power down", guest.Console.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("PEINIT-023", "PEINIT-025", "PEINIT-026")]
    public void Boot_AfterFailedAttempts_EntersRecovery()
    {
        using Guest guest = Start("peios.bootattempts=2");
        guest.WaitForConsole("peinit: all services ready");
        Restart(guest, "peinit: all services ready");
        int after = Restart(guest, "RECOVERY MODE");

        guest.Type("cat /.peinit/boot-attempts\n");

        guest.WaitForConsole("\n3\n", after);
    }

    [Fact]
    [Rule("PEINIT-027")]
    public void Boot_CounterSwitchedOff_NeverEntersRecovery()
    {
        using Guest guest = Start("peios.bootattempts=0");
        guest.WaitForConsole("peinit: all services ready");

        for (int boot = 0; boot < 4; boot++)
        {
            Restart(guest, "peinit: all services ready");
        }
    }

    private static int Restart(Guest guest, string mark)
    {
        int after = guest.Console.Length;
        guest.StartAgain();
        guest.WaitForConsole(mark, after);
        return after;
    }

    // The last word on the command line wins over the harness's own.
    private static Guest Start(string parameters) =>
        Guest.Start(new GuestOptions { Name = "recovery", Image = "peios", KernelParameters = parameters });
}
