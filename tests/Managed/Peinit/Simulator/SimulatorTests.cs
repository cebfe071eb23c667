// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Peinit.Core;
using Xunit;
using Xunit.Abstractions;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>
/// Thousands of random boots with injected faults. A failing seed is in the message; PEIOS_SEED=n runs that boot alone,
/// PEIOS_BOOTS=n changes how many are run.
/// </summary>
public sealed class SimulatorTests(ITestOutputHelper output)
{
    [Fact]
    [Rule("PEINIT-213", "PEINIT-214", "PEINIT-230", "PEINIT-255", "PEINIT-257", "PEINIT-275", "PEINIT-289", "PEINIT-359", "PEINIT-363", "PEINIT-367")]
    public void Boots_WithFaultsAndCommands_KeepEveryInvariant()
    {
        string? one = Environment.GetEnvironmentVariable("PEIOS_SEED");
        if (one is not null)
        {
            Boot(ulong.Parse(one, CultureInfo.InvariantCulture), output.WriteLine);
            return;
        }

        ulong count = ulong.Parse(Environment.GetEnvironmentVariable("PEIOS_BOOTS") ?? "10000", CultureInfo.InvariantCulture);
        HashSet<(ServiceState From, ServiceState To, Cause Cause)> seen = [];
        long steps = 0;
        for (ulong seed = 1; seed <= count; seed++)
        {
            World world = Boot(seed, null);
            seen.UnionWith(world.Seen);
            steps += world.Steps;
        }

        output.WriteLine($"{count} boots, {steps} steps, {seen.Count} different transitions");
        if (count >= 5_000)
        {
            AssertReach(seen);
        }
    }

    /// <summary>A simulator that never gets somewhere proves nothing about it.</summary>
    private static void AssertReach(HashSet<(ServiceState From, ServiceState To, Cause Cause)> seen)
    {
        foreach ((Trigger trigger, ServiceState from, ServiceState to) in Transitions.All())
        {
            Assert.True(seen.Any(one => one.From == from && one.To == to), $"no boot went from {from} to {to} ({trigger})");
        }

        foreach (Cause cause in Enum.GetValues<Cause>())
        {
            bool built = cause is not (Cause.None or Cause.HealthCheckFailure);
            Assert.True(!built || seen.Any(one => one.Cause == cause), $"no boot saw {cause}");
        }
    }

    private static World Boot(ulong seed, Action<string>? trace)
    {
        World world = new(seed) { Trace = trace };
        try
        {
            world.Run();
            return world;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}, step {world.Steps}: {error.Message} (run it alone with PEIOS_SEED={seed})", error);
        }
    }
}
