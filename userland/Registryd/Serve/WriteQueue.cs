// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;

namespace Registryd.Serve;

/// <summary>Mutations that wait for a hive's writer, in the order they came.</summary>
internal sealed class WriteQueue
{
    /// <summary>Largest number of mutations that share one commit.</summary>
    public const int MaxBatch = 64;

    /// <summary>
    /// Payload that may wait; the kernel keeps the rest, charged to the callers. Without it a user with many threads and
    /// large values would use up the memory of the process that serves all.
    /// </summary>
    public const int MaxBytes = 16 << 20;

    private readonly object _lock = new();
    private readonly Queue<WriteJob> _jobs = new();
    private long _bytes;
    private bool _closed;

    /// <summary>Appends a job; waits while more than <see cref="MaxBytes"/> are waiting.</summary>
    public void Add(WriteJob job)
    {
        lock (_lock)
        {
            while (_bytes > MaxBytes && !_closed)
            {
                _ = Monitor.Wait(_lock);
            }

            _jobs.Enqueue(job);
            _bytes += job.Payload.Length;
            Monitor.PulseAll(_lock);
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
                _bytes -= job.Payload.Length;
            }

            Monitor.PulseAll(_lock);
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
