// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Peios.Tests;
using Tests.Vm.Harness;

namespace Bench;

/// <summary>
/// Access decisions: nanoseconds of CPU time per check from the C program of <c>tests/Core/bench</c>, natively, and
/// instructions per call in a guest. <c>PEERS=1</c> adds rows of Samba's engine.
/// </summary>
internal static class AccessBench
{
    /// <summary>Runs both.</summary>
    /// <param name="folder">Where <c>build.sh</c> put the guest program.</param>
    /// <param name="module">The kernel module.</param>
    public static IEnumerable<Row> Run(string folder, string module)
    {
        string peers = Environment.GetEnvironmentVariable("PEERS") ?? "";
        foreach (string line in Output("make", ["-s", "-C", "tests/Core", "bench", $"PEERS={peers}"]))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            JsonElement fields = row.RootElement;
            yield return new Row(fields.GetProperty("case").GetString()!, fields.GetProperty("unit").GetString()!, fields.GetProperty("value").GetDouble(), new Dictionary<string, double>());
        }

        foreach (string line in Output("flock", ["/tmp/qemu.lock", "qemu/ktest.sh", "-m", module, "-i", Path.Combine(folder, "guest/access")]))
        {
            // "bench: CASE COUNT"
            if (line.Split(' ') is ["bench:", string name, string count])
            {
                yield return new Row(name, "instructions", double.Parse(count, CultureInfo.InvariantCulture), new Dictionary<string, double>());
            }
        }
    }

    private static string[] Output(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new GuestFailure($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
    }
}
