// SPDX-License-Identifier: MIT
namespace Eventd;

/// <summary>What the registry configures (EVT-273, EVT-276), with the sheet's defaults.</summary>
internal sealed record Settings
{
    /// <summary>Directory of the event databases.</summary>
    internal required string EventStorePath { get; init; }

    /// <summary>Database file of the logs.</summary>
    internal required string LogStorePath { get; init; }

    /// <summary>Stream socket for queries.</summary>
    internal required string QuerySocketPath { get; init; }

    /// <summary>Datagram socket for log records.</summary>
    internal required string LogSocketPath { get; init; }

    /// <summary>Shards; 0 means one per CPU.</summary>
    internal int StorageShards { get; init; }

    /// <summary>Rows of one event transaction.</summary>
    internal int MaxBatchSize { get; init; } = 10000;

    /// <summary>How long an event may wait for its commit.</summary>
    internal int MaxBatchLatencyMs { get; init; } = 100;

    /// <summary>Rows of one log transaction.</summary>
    internal int LogMaxBatchSize { get; init; } = 5000;

    /// <summary>How long a log record may wait for its commit.</summary>
    internal int LogMaxBatchLatencyMs { get; init; } = 500;

    /// <summary>How far back queries count for an index.</summary>
    internal int AdaptiveIndexWindowHours { get; init; } = 24;

    /// <summary>How often the set of indexes is decided anew.</summary>
    internal int AdaptiveIndexPolicyIntervalMinutes { get; init; } = 60;

    /// <summary>Queries of a field that give it an index.</summary>
    internal int AdaptiveIndexCreateThreshold { get; init; } = 100;

    /// <summary>Below this many queries a field loses its index; always less than the above.</summary>
    internal int AdaptiveIndexDropThreshold { get; init; } = 10;

    /// <summary>Over how long the share of large batches is taken.</summary>
    internal int SheddingWindowSeconds { get; init; } = 30;

    /// <summary>Share of large batches that costs a shard an index, in percent.</summary>
    internal int SheddingBatchPercent { get; init; } = 75;

    /// <summary>Fill of a ring that costs a shard all secondary indexes, in percent.</summary>
    internal int EmergencySheddingBufferPercent { get; init; } = 75;

    /// <summary>Age at which events may be deleted.</summary>
    internal int EventRetentionDays { get; init; } = 30;

    /// <summary>Bytes of all shards together; 0 means no limit.</summary>
    internal ulong EventRetentionMaxBytes { get; init; }

    /// <summary>Age at which logs may be deleted.</summary>
    internal int LogRetentionDays { get; init; } = 14;

    /// <summary>Bytes of the log store; 0 means no limit.</summary>
    internal ulong LogRetentionMaxBytes { get; init; }

    /// <summary>How often retention looks.</summary>
    internal int RetentionCheckIntervalMinutes { get; init; } = 60;

    /// <summary>When a query is cancelled.</summary>
    internal int QueryTimeoutMs { get; init; } = 30000;

    /// <summary>Queries at once.</summary>
    internal int MaxConcurrentQueries { get; init; } = 128;

    /// <summary>Streaming queries at once.</summary>
    internal int MaxStreamingQueries { get; init; } = 64;

    /// <summary>Bytes of a request.</summary>
    internal int MaxQueryMessageBytes { get; init; } = 65536;
}
