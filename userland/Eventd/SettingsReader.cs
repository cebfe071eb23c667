// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;

namespace Eventd;

/// <summary>
/// Reads <c>Machine\System\eventd</c>: required values must be there, an invalid tunable is ignored and the value in force
/// stays, at start the default (EVT-272).
/// </summary>
internal static class SettingsReader
{
    /// <summary>The key.</summary>
    internal const string Root = @"Machine\System\eventd";

    /// <summary>The settings, or null with the reason (EVT-251).</summary>
    internal static Settings? Read(RegistryClient registry, out string problem)
    {
        if (!registry.Open(Root, KeyRights.Read).TryGet(out RegistryKey? key, out Errno error))
        {
            problem = $"{Root}: {error}";
            return null;
        }

        using (key)
        {
            problem = string.Empty;
            Settings settings = new()
            {
                EventStorePath = Path(key, nameof(Settings.EventStorePath), 4000, ref problem),
                LogStorePath = Path(key, nameof(Settings.LogStorePath), 4000, ref problem),
                QuerySocketPath = Path(key, nameof(Settings.QuerySocketPath), 107, ref problem),
                LogSocketPath = Path(key, nameof(Settings.LogSocketPath), 107, ref problem),
            };
            return problem.Length == 0 ? Tune(key, settings) : null;
        }
    }

    /// <summary>Settings with the tunables that are there and valid; paths and the rest as in <paramref name="inForce"/>.</summary>
    internal static Settings Tune(RegistryKey key, Settings inForce)
    {
        Settings defaults = Bare(inForce);
        Settings settings = inForce;
        foreach (Tunable tunable in Tunable.All)
        {
            Result<ulong> number = Number(key, tunable);
            if (number.TryGet(out ulong value, out Errno error))
            {
                settings = tunable.With(settings, value);
            }
            else if (error == Errno.ENOENT)
            {
                settings = tunable.With(settings, tunable.Get(defaults));
            }
            else if (error == Errno.EINVAL)
            {
                Report.Error($"{tunable.Name} is no number from {tunable.Least} to {tunable.Most}: {tunable.Get(inForce)} stays in force");
            }
        }

        return Consistent(settings, inForce);
    }

    /// <summary>A limit to drop that is not below the limit to create would make indexes flicker (EVT-059).</summary>
    internal static Settings Consistent(Settings settings, Settings inForce)
    {
        if (settings.AdaptiveIndexDropThreshold < settings.AdaptiveIndexCreateThreshold)
        {
            return settings;
        }

        Report.Error("AdaptiveIndexDropThreshold is not below AdaptiveIndexCreateThreshold: both stay as they are in force");
        return settings with
        {
            AdaptiveIndexDropThreshold = inForce.AdaptiveIndexDropThreshold,
            AdaptiveIndexCreateThreshold = inForce.AdaptiveIndexCreateThreshold,
        };
    }

    private static Settings Bare(Settings settings) => new()
    {
        EventStorePath = settings.EventStorePath,
        LogStorePath = settings.LogStorePath,
        QuerySocketPath = settings.QuerySocketPath,
        LogSocketPath = settings.LogSocketPath,
    };

    private static string Path(RegistryKey key, string name, int maxLength, ref string problem)
    {
        if (!key.QueryString(name).TryGet(out string? path, out Errno error))
        {
            problem = $"{Root}: required value {name}: {error}";
            return string.Empty;
        }

        if (path.Length < 2 || path[0] != '/' || path.Length > maxLength || path.Contains('\0', StringComparison.Ordinal))
        {
            problem = $"{Root}: {name} is no absolute path of at most {maxLength} characters";
            return string.Empty;
        }

        return path;
    }

    /// <summary>ENOENT: not there; EINVAL: of another type or out of range; anything else: the registry's failure.</summary>
    private static Result<ulong> Number(RegistryKey key, Tunable tunable)
    {
        if (!key.Query(tunable.Name).TryGet(out RegistryValue value, out Errno error))
        {
            return error;
        }

        return IsValid(tunable, value, out ulong number) ? number : Errno.EINVAL;
    }

    /// <summary>Is it a number of the right type and range?</summary>
    internal static bool IsValid(Tunable tunable, RegistryValue value, out ulong number)
    {
        number = 0;
        if (tunable.Large)
        {
            return value.TryGetQword(out number);
        }

        bool good = value.TryGetDword(out uint small);
        number = small;
        return good && number >= tunable.Least && number <= tunable.Most;
    }
}
