// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Registry;

namespace Registryd;

/// <summary>The parsed command line (LOREG-001, LOREG-049): no file, no environment, no registry adds to it (LOREG-004).</summary>
internal sealed class CommandLine
{
    /// <summary>The usage text.</summary>
    public const string Usage = """
        usage: registryd HIVE=PATH...                        serve hives from database files
               registryd --import FILE HIVE=PATH             write a TOML file into a hive (offline)
               registryd --inspector HIVE=PATH...            print database files (offline, read-only)
               registryd --recover-from-backup HIVE=PATH...  put PATH.bak back (offline)
               registryd --dangerously-clear-database HIVE=PATH...
                                                             erase hives and their backups (offline)
        Paths are absolute. "Offline" means: while no registryd serves these files.
        """;

    private CommandLine(RunMode mode, string? importFile, IReadOnlyList<HiveArgument> hives)
    {
        Mode = mode;
        ImportFile = importFile;
        Hives = hives;
    }

    /// <summary>What to do.</summary>
    public RunMode Mode { get; }

    /// <summary>The TOML file of <see cref="RunMode.Import"/>.</summary>
    public string? ImportFile { get; }

    /// <summary>The hives, at least one except for <see cref="RunMode.Help"/>.</summary>
    public IReadOnlyList<HiveArgument> Hives { get; }

    /// <summary>Parses arguments; <paramref name="error"/> says what is wrong with them.</summary>
    public static CommandLine? Parse(ReadOnlySpan<string> args, out string error)
    {
        RunMode mode = RunMode.Serve;
        string? importFile = null;
        int at = 1;
        switch (args.Length == 0 ? "" : args[0])
        {
            case "-h" or "--help":
                error = "";
                return new CommandLine(RunMode.Help, null, []);
            case "--import":
                mode = RunMode.Import;
                if (args.Length < 2)
                {
                    error = "--import needs a file";
                    return null;
                }

                importFile = args[1];
                at = 2;
                break;
            case "--inspector":
                mode = RunMode.Inspect;
                break;
            case "--recover-from-backup":
                mode = RunMode.Recover;
                break;
            case "--dangerously-clear-database":
                mode = RunMode.Clear;
                break;
            default:
                at = 0;
                break;
        }

        return ParseHives(args[at..], out error) is { } hives && CheckCount(mode, hives, ref error)
            ? new CommandLine(mode, importFile, hives)
            : null;
    }

    private static bool CheckCount(RunMode mode, List<HiveArgument> hives, ref string error)
    {
        if (hives.Count == 0)
        {
            error = "no hive given";
            return false;
        }

        if (mode == RunMode.Import && hives.Count != 1)
        {
            error = "--import writes one hive";
            return false;
        }

        return true;
    }

    private static List<HiveArgument>? ParseHives(ReadOnlySpan<string> args, out string error)
    {
        List<HiveArgument> hives = [];
        foreach (string arg in args)
        {
            int equals = arg.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : arg[..equals];
            string path = equals < 0 ? "" : arg[(equals + 1)..];
            if (arg.StartsWith('-'))
            {
                error = $"unknown option '{arg}'";
                return null;
            }

            if (name.Length == 0 || path.Length == 0)
            {
                error = $"'{arg}' is not HIVE=PATH";
                return null;
            }

            if (!NameRules.IsComponent(name) || CaseFold.Equal(name, "CurrentUser"))
            {
                error = $"'{name}' cannot be a hive name";
                return null;
            }

            if (path[0] != '/')
            {
                error = $"'{path}' is not an absolute path";
                return null;
            }

            foreach (HiveArgument other in hives)
            {
                if (CaseFold.Equal(other.Name, name))
                {
                    error = $"hive '{name}' is given twice";
                    return null;
                }
            }

            hives.Add(new HiveArgument(name, path));
        }

        error = "";
        return hives;
    }
}
