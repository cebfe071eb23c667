// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Diagnostics;

namespace Mkimage;

/// <summary>Runs the host's tools; a failing one is a <see cref="BuildException"/> with its output.</summary>
internal static class Command
{
    /// <summary>Runs a program and returns what it wrote to standard output.</summary>
    public static string Run(string directory, string program, params IEnumerable<string> arguments)
    {
        if (TryRun(directory, program, arguments, out string output))
        {
            return output;
        }

        throw new BuildException($"{program} failed:\n{output}");
    }

    /// <summary>Same, for failures that have an answer: false with the program's complaint in <paramref name="output"/>.</summary>
    public static bool TryRun(string directory, string program, IEnumerable<string> arguments, out string output)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start) ?? throw new BuildException($"cannot start {program}");
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
        {
            return true;
        }

        output = $"{output}{errors.Result}exit status {process.ExitCode}";
        return false;
    }
}
