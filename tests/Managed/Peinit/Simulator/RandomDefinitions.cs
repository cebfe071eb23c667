// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>Random models: mostly sensible graphs, now and then cycles, conflicts, missing targets and invalid definitions.</summary>
internal static class RandomDefinitions
{
    private static readonly string[] Platform = ["lpsd", "authd", "eventd"];

    /// <summary>registryd as it is compiled in.</summary>
    public static ServiceDefinition Registryd() => new()
    {
        Name = "registryd", ImagePath = "/usr/sbin/registryd", Identity = "SYSTEM", Readiness = Readiness.Notify, Critical = true,
    };

    /// <summary>A whole configuration.</summary>
    public static Configuration Configuration(Rng rng)
    {
        int count = 1 + rng.Below(rng.Percent(5) ? 40 : 10);
        List<string> names = [];
        for (int i = 0; i < count; i++)
        {
            names.Add("s" + i.ToString("D2", null));
        }

        if (rng.Percent(50))
        {
            names.AddRange(Platform);
        }

        bool disorder = rng.Percent(25);
        List<ServiceDefinition> definitions = [];
        for (int i = 0; i < names.Count; i++)
        {
            definitions.Add(Definition(rng, names, i, disorder));
        }

        return new Configuration
        {
            Definitions = [.. definitions],
            MaxParallelStarts = (uint)rng.Pick(1, 2, 10),
            BootSuccessGrace = (uint)rng.Pick(0, 5, 30),
            ShutdownTimeout = (uint)rng.Pick(5, 30, 90),
        };
    }

    /// <summary>One definition among the given names.</summary>
    public static ServiceDefinition Definition(Rng rng, List<string> names, int index, bool disorder)
    {
        bool oneshot = rng.Percent(30);
        return new ServiceDefinition
        {
            Name = names[index],
            ImagePath = "/bin/" + names[index],
            Type = oneshot ? ServiceType.Oneshot : ServiceType.Simple,
            BootTrigger = rng.Percent(60),
            Disabled = rng.Percent(5),
            Identity = rng.Pick("SYSTEM", "LocalService"),
            Requires = Targets(rng, names, index, disorder, 35),
            Wants = Targets(rng, names, index, disorder, 25),
            BindsTo = Targets(rng, names, index, disorder, 15),
            Conflicts = rng.Percent(8) ? [names[rng.Below(names.Count)]] : [],
            OnFailure = rng.Percent(10) ? names[rng.Below(names.Count)] : null,
            Critical = rng.Percent(3),
            RemainAfterExit = rng.Percent(60),
            SuccessExitCodes = rng.Percent(10) ? [3] : [],
            ExecStartPre = Hooks(rng),
            ExecStartPost = Hooks(rng),
            ReloadCommand = rng.Percent(30) ? new CommandLine("/bin/reload", []) : null,
            StartTimeout = (uint)rng.Pick(1, 5, 30),
            StopTimeout = (uint)rng.Pick(0, 1, 10),
            WatchdogTimeout = (uint)rng.Pick(0, 0, 3),
            RestartPolicy = rng.Pick(RestartPolicy.Never, RestartPolicy.OnFailure, RestartPolicy.OnFailure, RestartPolicy.Always),
            RestartMaxRetries = (uint)rng.Pick(0, 1, 5),
            RestartWindow = (uint)rng.Pick(10, 120),
            RestartDelay = (uint)rng.Pick(0, 1, 1, 4),
            Readiness = rng.Pick(Readiness.Notify, Readiness.Alive),
            Conditions = rng.Percent(15) ? [new StartCheck(CheckKind.Path, "/c")] : [],
            Asserts = rng.Percent(10) ? [new StartCheck(CheckKind.File, "/a")] : [],
            Errors = rng.Percent(3) ? ["ImagePath is missing"] : [],
        };
    }

    private static CommandLine[] Hooks(Rng rng)
    {
        CommandLine[] hooks = new CommandLine[rng.Percent(20) ? 1 + rng.Below(2) : 0];
        Array.Fill(hooks, new CommandLine("/bin/hook", ["x"]));
        return hooks;
    }

    private static string[] Targets(Rng rng, List<string> names, int index, bool disorder, int chance)
    {
        List<string> targets = [];
        while (rng.Percent(chance) && targets.Count < 4)
        {
            int limit = disorder ? names.Count : index;
            if (limit > 0)
            {
                targets.Add(rng.Percent(3) ? "missing" : names[rng.Below(limit)].ToUpperInvariant());
            }
        }

        return [.. targets];
    }
}
