// SPDX-License-Identifier: MIT
using System.Diagnostics;

namespace Tests.Vm.Harness;

/// <summary>Programs of the host that the harness needs.</summary>
internal static class Tool
{
    /// <summary>Runs one to its end; any exit status but 0 is a failure.</summary>
    public static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new GuestFailure($"{program} cannot be started");
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new GuestFailure($"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}\n{output}{errors.Result}");
    }
}
