// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Peios.Tests;
using Xunit;
using Xunit.Abstractions;

namespace Tests.Managed.Security.Fuzz;

/// <summary>
/// SDDL and descriptors under mutation. <c>PEIOS_FUZZ_SECONDS</c> runs for that long and keeps what it finds,
/// <c>PEIOS_FUZZ_SEED</c> repeats a run; without them the same 20,000 texts every time.
/// </summary>
public sealed class SddlFuzzTests(ITestOutputHelper output)
{
    private const int Usual = 20_000;

    [Fact, Rule("KACS-FMT-003", "KACS-FMT-163", "KACS-FMT-164", "KACS-FMT-165")]
    public void Sddl_Mutated_IsRefusedOrComesBack()
    {
        _ = int.TryParse(Environment.GetEnvironmentVariable("PEIOS_FUZZ_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds);
        if (!int.TryParse(Environment.GetEnvironmentVariable("PEIOS_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int seed))
        {
            seed = seconds > 0 ? Environment.TickCount & int.MaxValue : 1;
        }

        SddlFuzzer fuzzer = new(seed);
        fuzzer.Seed(Corpus());
        if (seconds > 0)
        {
            fuzzer.Seed(SddlFuzzer.Kept());
        }

        int seeds = fuzzer.CorpusSize;
        long start = Stopwatch.GetTimestamp();
        int texts = 0;
        fuzzer.Run(() => seconds > 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds < seconds : texts++ < Usual, keep: seconds > 0);
        output.WriteLine($"sddl fuzz: seed {seed}, {fuzzer.Executed} inputs, corpus {seeds} + {fuzzer.CorpusSize - seeds}");
        Assert.True(fuzzer.CorpusSize > seeds, "the mutations never found a new way");
    }

    private static IEnumerable<string> Corpus()
    {
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Managed", "Security", "Fuzz", "corpus.jsonl")))
        {
            yield return JsonSerializer.Deserialize<string>(line)!;
        }
    }
}
