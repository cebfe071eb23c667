// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Output;

/// <summary>A queue of records with a byte budget; when it is full the oldest go, and are counted (PEINIT-414, PEINIT-422).</summary>
internal sealed class LogBuffer(int limit)
{
    private readonly Queue<LogRecord> _records = new();

    /// <summary>Bytes held.</summary>
    internal int Bytes { get; private set; }

    /// <summary>Records held.</summary>
    internal int Count => _records.Count;

    /// <summary>Told about each dropped record.</summary>
    internal Action<LogRecord>? OnDrop { get; init; }

    /// <summary>Records dropped since the last report.</summary>
    internal ulong Dropped { get; private set; }

    internal void Add(in LogRecord record)
    {
        _records.Enqueue(record);
        Bytes += record.Cost;
        while (Bytes > limit && _records.TryDequeue(out LogRecord oldest))
        {
            Bytes -= oldest.Cost;
            Dropped++;
            OnDrop?.Invoke(oldest);
        }
    }

    /// <summary>Oldest first.</summary>
    internal Queue<LogRecord> Records => _records;

    internal bool TryTake(out LogRecord record)
    {
        if (!_records.TryDequeue(out record))
        {
            return false;
        }

        Bytes -= record.Cost;
        return true;
    }

    /// <summary>Gives back memory that a burst took.</summary>
    internal void Trim()
    {
        if (_records.Count == 0)
        {
            _records.TrimExcess();
        }
    }

    /// <summary>Takes the count of lost records for a report.</summary>
    internal ulong TakeDropped()
    {
        ulong dropped = Dropped;
        Dropped = 0;
        return dropped;
    }
}
