// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;

namespace Registryd.Serve;

/// <summary>Mutations that wait for a hive's writer, in the order they came.</summary>
internal sealed class WriteQueue
{
    /// <summary>Largest number of mutations that share one commit.</summary>
    public const int MaxBatch = 64;

    private readonly object _lock = new();
    private readonly Queue<WriteJob> _jobs = new();
    private bool _closed;

    /// <summary>Appends a job.</summary>
    public void Add(WriteJob job)
    {
        lock (_lock)
        {
            _jobs.Enqueue(job);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Waits for jobs and takes them, at most <see cref="MaxBatch"/>; false once closed and empty.</summary>
    public bool Take(List<WriteJob> batch)
    {
        batch.Clear();
        lock (_lock)
        {
            while (_jobs.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                _ = Monitor.Wait(_lock);
            }

            while (batch.Count < MaxBatch && _jobs.TryDequeue(out WriteJob? job))
            {
                batch.Add(job);
            }
        }

        return true;
    }

    /// <summary>Lets the writer finish what is queued and end.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
