// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Peios.Tests;
using Tests.Vm.Harness;

namespace Bench;

/// <summary>
/// Events of about 200 bytes, instructions each: KMES and its peers in one boot, counted by the emulator. The CPU model is
/// the emulator's plain one, as it was for the figures that set the reach: with ERMS a string copy counts every byte.
/// </summary>
internal static class EventBench
{
    /// <summary>Boots the benchmark build of the module with the guest program.</summary>
    /// <param name="folder">Where <c>build.sh</c> put the guest program.</param>
    /// <param name="module">The module built with <c>BENCH=1</c>.</param>
    public static IEnumerable<Row> Run(string folder, string module)
    {
        string[] arguments = ["/tmp/qemu.lock", "qemu/ktest.sh", "-C", "qemu64", "-i", "-a", "printk.devkmsg=on", "-m", module, Path.Combine(folder, "guest/events")];
        ProcessStartInfo start = new("flock", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new GuestFailure($"qemu/ktest.sh ended with {process.ExitCode}:\n{text}");
        }

        foreach (string line in text.Split('\n'))
        {
            // "bench: CASE COUNT"; the empty call is a row of the access decisions already.
            if (line.Split(' ') is ["bench:", string name, string count] && name.StartsWith("kmes.", StringComparison.Ordinal))
            {
                yield return new Row(name, "instructions", double.Parse(count, CultureInfo.InvariantCulture), new Dictionary<string, double>());
            }
        }
    }
}
