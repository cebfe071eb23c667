// SPDX-License-Identifier: MIT
using System;

namespace Eventd;

/// <summary>One optional setting (EVT-276).</summary>
/// <param name="Name">Name of the registry value.</param>
/// <param name="Least">Smallest valid number.</param>
/// <param name="Most">Largest valid number.</param>
/// <param name="Get">Reads it.</param>
/// <param name="With">Settings with another number.</param>
internal sealed record Tunable(
    string Name, ulong Least, ulong Most, Func<Settings, ulong> Get, Func<Settings, ulong, Settings> With)
{
    /// <summary>REG_QWORD instead of REG_DWORD.</summary>
    internal bool Large => Most == ulong.MaxValue;

    /// <summary>Takes effect only at the next start (EVT-274).</summary>
    internal bool AtStart => Name == nameof(Settings.StorageShards);

    /// <summary>All of them.</summary>
    internal static readonly Tunable[] All =
    [
        new(nameof(Settings.StorageShards), 0, 256, static s => (ulong)s.StorageShards, static (s, v) => s with { StorageShards = (int)v }),
        new(nameof(Settings.MaxBatchSize), 100, 100000, static s => (ulong)s.MaxBatchSize, static (s, v) => s with { MaxBatchSize = (int)v }),
        new(nameof(Settings.MaxBatchLatencyMs), 10, 5000, static s => (ulong)s.MaxBatchLatencyMs, static (s, v) => s with { MaxBatchLatencyMs = (int)v }),
        new(nameof(Settings.LogMaxBatchSize), 100, 100000, static s => (ulong)s.LogMaxBatchSize, static (s, v) => s with { LogMaxBatchSize = (int)v }),
        new(nameof(Settings.LogMaxBatchLatencyMs), 10, 5000, static s => (ulong)s.LogMaxBatchLatencyMs, static (s, v) => s with { LogMaxBatchLatencyMs = (int)v }),
        new(nameof(Settings.AdaptiveIndexWindowHours), 1, 168, static s => (ulong)s.AdaptiveIndexWindowHours, static (s, v) => s with { AdaptiveIndexWindowHours = (int)v }),
        new(nameof(Settings.AdaptiveIndexPolicyIntervalMinutes), 60, 1440, static s => (ulong)s.AdaptiveIndexPolicyIntervalMinutes, static (s, v) => s with { AdaptiveIndexPolicyIntervalMinutes = (int)v }),
        new(nameof(Settings.AdaptiveIndexCreateThreshold), 10, 10000, static s => (ulong)s.AdaptiveIndexCreateThreshold, static (s, v) => s with { AdaptiveIndexCreateThreshold = (int)v }),
        new(nameof(Settings.AdaptiveIndexDropThreshold), 1, 1000, static s => (ulong)s.AdaptiveIndexDropThreshold, static (s, v) => s with { AdaptiveIndexDropThreshold = (int)v }),
        new(nameof(Settings.SheddingWindowSeconds), 10, 300, static s => (ulong)s.SheddingWindowSeconds, static (s, v) => s with { SheddingWindowSeconds = (int)v }),
        new(nameof(Settings.SheddingBatchPercent), 50, 100, static s => (ulong)s.SheddingBatchPercent, static (s, v) => s with { SheddingBatchPercent = (int)v }),
        new(nameof(Settings.EmergencySheddingBufferPercent), 50, 95, static s => (ulong)s.EmergencySheddingBufferPercent, static (s, v) => s with { EmergencySheddingBufferPercent = (int)v }),
        new(nameof(Settings.EventRetentionDays), 1, 3650, static s => (ulong)s.EventRetentionDays, static (s, v) => s with { EventRetentionDays = (int)v }),
        new(nameof(Settings.EventRetentionMaxBytes), 0, ulong.MaxValue, static s => s.EventRetentionMaxBytes, static (s, v) => s with { EventRetentionMaxBytes = v }),
        new(nameof(Settings.LogRetentionDays), 1, 3650, static s => (ulong)s.LogRetentionDays, static (s, v) => s with { LogRetentionDays = (int)v }),
        new(nameof(Settings.LogRetentionMaxBytes), 0, ulong.MaxValue, static s => s.LogRetentionMaxBytes, static (s, v) => s with { LogRetentionMaxBytes = v }),
        new(nameof(Settings.RetentionCheckIntervalMinutes), 1, 1440, static s => (ulong)s.RetentionCheckIntervalMinutes, static (s, v) => s with { RetentionCheckIntervalMinutes = (int)v }),
        new(nameof(Settings.QueryTimeoutMs), 1000, 300000, static s => (ulong)s.QueryTimeoutMs, static (s, v) => s with { QueryTimeoutMs = (int)v }),
        new(nameof(Settings.MaxConcurrentQueries), 1, 4096, static s => (ulong)s.MaxConcurrentQueries, static (s, v) => s with { MaxConcurrentQueries = (int)v }),
        new(nameof(Settings.MaxStreamingQueries), 1, 1024, static s => (ulong)s.MaxStreamingQueries, static (s, v) => s with { MaxStreamingQueries = (int)v }),
        new(nameof(Settings.MaxQueryMessageBytes), 1024, 16777216, static s => (ulong)s.MaxQueryMessageBytes, static (s, v) => s with { MaxQueryMessageBytes = (int)v }),
    ];
}
