// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Peios.Interop;

namespace Eventd.Indexing;

/// <summary>
/// Decides which columns get indexes: query handlers count, this thread alone decides and alone touches
/// <c>eventd-meta.db</c> (EVT-056, EVT-075). A field joins as soon as it was asked about often enough within its window,
/// and leaves at the end of a window in which it was not.
/// </summary>
internal sealed class IndexPolicy
{
    private const long HourNs = 3600L * 1_000_000_000;

    private readonly LiveSettings _settings;
    private readonly DesiredIndexes _desired;
    private readonly MetaStore _store;
    private readonly Dictionary<string, IndexCounter> _counters = [];
    private readonly object _lock = new();
    private readonly AutoResetEvent _now = new(false);
    private readonly Thread _thread;
    private string? _first;
    private volatile bool _stopping;

    /// <param name="settings">Thresholds and window.</param>
    /// <param name="desired">What writers converge to.</param>
    /// <param name="store">Remembers both over restarts; owned from here on.</param>
    internal IndexPolicy(LiveSettings settings, DesiredIndexes desired, MetaStore store)
    {
        _settings = settings;
        _desired = desired;
        _store = store;
        store.Load(_counters, out string[] columns);
        desired.Columns = columns;
        _thread = new Thread(Run, 256 * 1024) { Name = "indexes", IsBackground = true };
    }

    /// <summary>Descriptor that guards EVENTS INDEX (EVT-074).</summary>
    internal byte[] AdminDescriptor => _store.AdminDescriptor;

    /// <summary>Starts deciding.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Ends, after the counters are stored.</summary>
    internal void Stop()
    {
        _stopping = true;
        _ = _now.Set();
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <summary>A query of events asked about these columns, each counted once (EVT-058).</summary>
    internal void Count(IReadOnlyCollection<string> columns)
    {
        lock (_lock)
        {
            foreach (string column in columns)
            {
                if (Array.IndexOf(DesiredIndexes.Candidates, column) >= 0)
                {
                    IndexCounter counter = _counters.GetValueOrDefault(column, new IndexCounter(0, (long)Clock.Realtime));
                    _counters[column] = counter with { Queries = counter.Queries + 1 };
                }
            }
        }
    }

    /// <summary>EVENTS INDEX: the column comes first, at once (EVT-173).</summary>
    internal void Request(string column)
    {
        lock (_lock)
        {
            _first = column;
            _counters[column] = new IndexCounter(_counters.GetValueOrDefault(column).Queries, (long)Clock.Realtime);
        }

        _ = _now.Set();
    }

    /// <summary>One decision, at a given time.</summary>
    internal void Decide(long now)
    {
        Settings settings = _settings.Current;
        lock (_lock)
        {
            string[] before = _desired.Columns;
            List<string> columns = [];
            foreach (string column in DesiredIndexes.Candidates)
            {
                if (column == _first || Belongs(column, Array.IndexOf(before, column) >= 0, settings, now))
                {
                    columns.Add(column);
                }
            }

            // Ties keep the order in which columns stand in a record.
            string[] sorted = [.. columns];
            long[] rank = Array.ConvertAll(sorted, column => column == _first ? long.MinValue : -_counters.GetValueOrDefault(column).Queries);
            Array.Sort(rank, sorted);
            _first = null;
            if (!sorted.AsSpan().SequenceEqual(before))
            {
                _desired.Columns = sorted;
            }
        }
    }

    private bool Belongs(string column, bool already, Settings settings, long now)
    {
        IndexCounter counter = _counters.GetValueOrDefault(column, new IndexCounter(0, now));
        bool joins = counter.Queries >= settings.AdaptiveIndexCreateThreshold;
        bool over = now - counter.WindowStart >= settings.AdaptiveIndexWindowHours * HourNs;
        bool leaves = over && counter.Queries < settings.AdaptiveIndexDropThreshold;
        if (over)
        {
            _counters[column] = new IndexCounter(0, now);
        }

        return joins || (already && !leaves);
    }

    private void Run()
    {
        while (!_stopping)
        {
            // The interval is the sheet's own (EVT-059); a request or the end cuts it short.
            _ = _now.WaitOne(TimeSpan.FromMinutes(_settings.Current.AdaptiveIndexPolicyIntervalMinutes));
            if (!_stopping)
            {
                Decide((long)Clock.Realtime);
            }

            lock (_lock)
            {
                _store.Save(_counters, _desired.Columns);
            }
        }

        _store.Dispose();
    }
}
