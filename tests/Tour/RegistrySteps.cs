// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>A value watched while another process changes it.</summary>
internal static class RegistrySteps
{
    private const string Key = @"Machine\Software\Tour";

    public static void Run(Guest guest, Transcript transcript)
    {
        transcript.Step("A registry value, watched and changed", "The kernel routes calls to registryd, checks access once at open, and tells watchers.");
        transcript.Show($"regctl new -p '{Key}'");
        string line = $"regctl watch --count 1 '{Key}'";
        Console.WriteLine($"   # {line} &");
        Task<CommandResult> watch = guest.Begin(GuestCommand.Shell(line));
        guest.Eventually("the watch is armed", () =>
            guest.Execute(GuestCommand.Shell("for p in $(pidof regctl); do ls -l /proc/$p/fd; done")).Output.Contains("reg", StringComparison.Ordinal));
        guest.Eventually("the watcher reports", () =>
        {
            // Set until seen: a value set between the watcher's open and its arming is not reported.
            if (!watch.IsCompleted)
            {
                guest.Shell($"regctl set '{Key}' Answer dword:42");
            }

            return watch.IsCompleted;
        });
        Console.WriteLine($"   # regctl set '{Key}' Answer dword:42");
        Transcript.Print(watch.Result.Output);
        transcript.Require(watch.Result.Output.Contains("Answer", StringComparison.Ordinal), "the watcher saw the change");
        string value = transcript.Show($"regctl query '{Key}' Answer");
        transcript.Require(value.Contains("42", StringComparison.Ordinal), "the value reads back");
    }
}
