// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;

namespace Eventd;

/// <summary>Reads <c>Machine\System\eventd</c>: required values must be there, invalid tunables are ignored (EVT-272).</summary>
internal static class SettingsReader
{
    private const string Root = @"Machine\System\eventd";

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
            return Read(key, out problem);
        }
    }

    private static Settings? Read(RegistryKey key, out string problem)
    {
        problem = string.Empty;
        Settings defaults = new() { EventStorePath = "", LogStorePath = "", QuerySocketPath = "", LogSocketPath = "" };
        Settings settings = new()
        {
            EventStorePath = Path(key, "EventStorePath", 4000, ref problem),
            LogStorePath = Path(key, "LogStorePath", 4000, ref problem),
            QuerySocketPath = Path(key, "QuerySocketPath", 107, ref problem),
            LogSocketPath = Path(key, "LogSocketPath", 107, ref problem),
            StorageShards = Number(key, nameof(Settings.StorageShards), defaults.StorageShards, 0, 256),
            MaxBatchSize = Number(key, nameof(Settings.MaxBatchSize), defaults.MaxBatchSize, 100, 100000),
            MaxBatchLatencyMs = Number(key, nameof(Settings.MaxBatchLatencyMs), defaults.MaxBatchLatencyMs, 10, 5000),
            LogMaxBatchSize = Number(key, nameof(Settings.LogMaxBatchSize), defaults.LogMaxBatchSize, 100, 100000),
            LogMaxBatchLatencyMs = Number(key, nameof(Settings.LogMaxBatchLatencyMs), defaults.LogMaxBatchLatencyMs, 10, 5000),
            EventRetentionDays = Number(key, nameof(Settings.EventRetentionDays), defaults.EventRetentionDays, 1, 3650),
            EventRetentionMaxBytes = Large(key, nameof(Settings.EventRetentionMaxBytes)),
            LogRetentionDays = Number(key, nameof(Settings.LogRetentionDays), defaults.LogRetentionDays, 1, 3650),
            LogRetentionMaxBytes = Large(key, nameof(Settings.LogRetentionMaxBytes)),
            RetentionCheckIntervalMinutes = Number(key, nameof(Settings.RetentionCheckIntervalMinutes), defaults.RetentionCheckIntervalMinutes, 1, 1440),
            QueryTimeoutMs = Number(key, nameof(Settings.QueryTimeoutMs), defaults.QueryTimeoutMs, 1000, 300000),
            MaxConcurrentQueries = Number(key, nameof(Settings.MaxConcurrentQueries), defaults.MaxConcurrentQueries, 1, 4096),
            MaxStreamingQueries = Number(key, nameof(Settings.MaxStreamingQueries), defaults.MaxStreamingQueries, 1, 1024),
            MaxQueryMessageBytes = Number(key, nameof(Settings.MaxQueryMessageBytes), defaults.MaxQueryMessageBytes, 1024, 16777216),
        };
        return problem.Length == 0 ? settings : null;
    }

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

    private static int Number(RegistryKey key, string name, int missing, int least, int most)
    {
        Result<uint> value = key.QueryDword(name);
        if (value.TryGet(out uint number) && number >= least && number <= most)
        {
            return (int)number;
        }

        if (value.Error != Errno.ENOENT)
        {
            Report.Error($"{name} is not a REG_DWORD from {least} to {most}; {missing} is in force");
        }

        return missing;
    }

    private static ulong Large(RegistryKey key, string name)
    {
        Result<ulong> value = key.QueryQword(name);
        if (!value.TryGet(out ulong number) && value.Error != Errno.ENOENT)
        {
            Report.Error($"{name} is not a REG_QWORD; 0 is in force");
        }

        return number;
    }
}
