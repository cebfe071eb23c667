// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>The orderly end.</summary>
internal static class ShutdownSteps
{
    public static void Run(Guest guest, Transcript transcript)
    {
        transcript.Step("Power off", "Services stop in reverse order of their dependencies, file systems are unmounted, then the power goes.");
        int before = guest.Console.Length;
        Console.WriteLine("   # svctl shutdown poweroff");
        Task<CommandResult> command = guest.Begin(new GuestCommand("/bin/svctl", "shutdown", "poweroff"));
        guest.WaitForEnd();
        _ = command.Exception;
        string end = guest.Console.Text[before..];
        Transcript.Print(end);
        transcript.Require(end.Contains("reboot: Power down", StringComparison.Ordinal), "the machine is off");
    }
}
