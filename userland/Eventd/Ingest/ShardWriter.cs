// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Eventd.Store;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd.Ingest;

/// <summary>
/// The only writer of one shard (EVT-017): takes blocks, inserts them in one transaction, commits when the batch is
/// large enough or nothing more comes. A commit is the promise that its events survive power loss (EVT-022).
/// </summary>
internal sealed unsafe class ShardWriter : IDisposable
{
    private readonly SqliteDatabase _db;
    private readonly EventTable _table;
    private readonly SequenceTable _sequences;
    private readonly BatchPacer _pacer;
    private readonly CommitSignal _commits;
    private readonly Action _diskFull;
    private readonly int _maxBatch;
    private readonly ulong[] _stored;
    private readonly ulong[] _last;
    private readonly int _maxLatencyMs;
    private readonly LostRanges _lost = new();
    private readonly Thread _thread;
    private int _inBatch;
    private bool _failed;
    private long _opened;
    private long _committed = Stopwatch.GetTimestamp();
    private volatile bool _abort;

    private ShardWriter(
        int index, SqliteDatabase db, EventTable table, SequenceTable sequences, ulong[] resume, Settings settings,
        CommitSignal commits, Action diskFull)
    {
        Index = index;
        _db = db;
        _table = table;
        _sequences = sequences;
        _commits = commits;
        _diskFull = diskFull;
        _maxBatch = settings.MaxBatchSize;
        _pacer = new BatchPacer(settings.MaxBatchLatencyMs);
        _maxLatencyMs = settings.MaxBatchLatencyMs;
        _stored = [.. resume];
        _last = new ulong[resume.Length];
        // Slots for every block of every drain thread and some of our own: only the entry bound makes anybody wait.
        Queue = new BlockQueue((resume.Length * 4) + 64, _maxBatch);
        _thread = new Thread(Run, 512 * 1024) { Name = $"shard-{index}", IsBackground = true };
    }

    /// <summary>Number of the shard.</summary>
    internal int Index { get; }

    /// <summary>Where drain threads put their blocks.</summary>
    internal BlockQueue Queue { get; }

    /// <summary>Events and rows stored since start.</summary>
    internal ulong Stored { get; private set; }

    /// <summary>Held by the writer while a transaction is open, and by retention for each of its steps (EVT-084).</summary>
    internal object Gate { get; } = new();

    /// <summary>Takes over an open shard.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="db">Its connection; owned from here on.</param>
    /// <param name="boot">Boot of every new row.</param>
    /// <param name="resume">Last stored number of each CPU.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="commits">Told about each commit.</param>
    /// <param name="diskFull">Called when the disk is full (EVT-263).</param>
    internal static Result<ShardWriter> Create(
        int index, SqliteDatabase db, Guid boot, ulong[] resume, Settings settings, CommitSignal commits, Action diskFull)
    {
        Span<byte> id = stackalloc byte[16];
        _ = boot.TryWriteBytes(id);
        if (!EventTable.TryOpen(db, id, out EventTable? table))
        {
            return Errno.EIO;
        }

        if (!SequenceTable.TryOpen(db, boot, resume.Length, out SequenceTable? sequences))
        {
            table.Dispose();
            return Errno.EIO;
        }

        return new ShardWriter(index, db, table, sequences, resume, settings, commits, diskFull);
    }

    /// <summary>Starts writing.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Commits what is queued, then ends (EVT-254 step 4).</summary>
    internal void Stop() => Queue.Close();

    /// <summary>Ends without committing the open batch (EVT-255).</summary>
    internal void Abort()
    {
        _abort = true;
        Queue.Close();
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <summary>Queues one row of eventd's own.</summary>
    internal void Post(in SyntheticEvent row)
    {
        EventBlock block = new(row.Type.Length + row.Payload.Length + 64, home: null);
        if (!block.AddSynthetic(row) || !Queue.Put(block))
        {
            block.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        _sequences.Dispose();
        _db.Dispose();
    }

    private void Run()
    {
        while (!_abort && !Queue.Finished)
        {
            int wait = _inBatch == 0 ? -1 : _pacer.Linger(Stopwatch.GetElapsedTime(_opened).TotalMilliseconds);
            EventBlock? block = Queue.Take(wait);
            if (block is not null)
            {
                Take(block);
            }
            else if (_inBatch > 0)
            {
                Commit();
            }
        }

        if (_inBatch > 0 && !_abort)
        {
            Commit();
        }

        if (_inBatch > 0)
        {
            Rollback();
        }
    }

    private void Take(EventBlock block)
    {
        if (_inBatch > 0 && _inBatch + block.Count > _maxBatch)
        {
            Commit();
        }

        if (_inBatch == 0)
        {
            Begin();
        }

        Insert(block);
        if (block.Home is null)
        {
            block.Dispose();
        }
        else
        {
            _ = block.Home.Put(block);
        }

        // A failed batch is given up at once: it frees the queue, and the next one is tried afresh (EVT-260).
        if (_failed || _inBatch >= _maxBatch || Stopwatch.GetElapsedTime(_opened).TotalMilliseconds >= _maxLatencyMs)
        {
            Commit();
        }
    }

    private void Begin()
    {
        Monitor.Enter(Gate);
        _opened = Stopwatch.GetTimestamp();
        Check(_db.Execute("BEGIN IMMEDIATE"u8));
        if (!_failed && _lost.Any)
        {
            InsertLost();
        }
    }

    private void Insert(EventBlock block)
    {
        if (block.FirstSequence != 0)
        {
            _last[block.Cpu] = block.LastSequence;
        }

        _inBatch += block.Count;
        int offset = 0;
        while (!_failed && block.TryNext(ref offset, out EntryKind kind, out byte* data, out int length))
        {
            Check(kind == EntryKind.Event
                ? _table.InsertEvent(data, length)
                : _table.InsertSynthetic(SyntheticEvent.Read(new ReadOnlySpan<byte>(data, length))));
        }
    }

    /// <summary>Gap records for what earlier batches lost come before new events (EVT-261).</summary>
    private void InsertLost()
    {
        Span<byte> payload = stackalloc byte[GapTracker.Gap.PayloadMax];
        foreach (LostRanges.Range range in _lost.All)
        {
            GapTracker.Gap gap = new(range.First, range.Last, 0, 0);
            Check(_table.InsertSynthetic(new SyntheticEvent(
                Clock.Realtime, range.Cpu, "synthetic.gap"u8, gap.Payload(payload, (uint)range.Cpu))));
        }
    }

    private void Commit()
    {
        long started = Stopwatch.GetTimestamp();
        for (int cpu = 0; cpu < _last.Length && !_failed; cpu++)
        {
            if (_last[cpu] != 0)
            {
                Check(_sequences.Save(cpu, _last[cpu]));
            }
        }

        if (!_failed)
        {
            Check(_db.Execute("COMMIT"u8));
        }

        if (_failed)
        {
            Lose();
        }
        else
        {
            long now = Stopwatch.GetTimestamp();
            _pacer.Committed(
                Stopwatch.GetElapsedTime(started, now).TotalMilliseconds, _inBatch,
                Stopwatch.GetElapsedTime(_committed, now).TotalMilliseconds);
            _committed = now;
            Stored += (ulong)_inBatch;
            _lost.Clear();
            for (int cpu = 0; cpu < _last.Length; cpu++)
            {
                _stored[cpu] = Math.Max(_stored[cpu], _last[cpu]);
            }
        }

        EndBatch();
        _commits.Raise();
    }

    /// <summary>The batch cannot be stored: forget its events, remember their numbers (EVT-260, EVT-262).</summary>
    private void Lose()
    {
        for (int cpu = 0; cpu < _last.Length; cpu++)
        {
            if (_last[cpu] != 0)
            {
                // From the last stored one on: a gap record of the lost batch is lost with it.
                Report.Error($"shard {Index}: cpu {cpu}: events {_stored[cpu] + 1} to {_last[cpu]} are lost");
                _lost.Add(cpu, _stored[cpu] + 1, _last[cpu]);
            }
        }

        Rollback();
    }

    private void Rollback()
    {
        if (_db.InTransaction)
        {
            _ = _db.Execute("ROLLBACK"u8);
        }

        if (_abort)
        {
            EndBatch();
        }
    }

    private void EndBatch()
    {
        _inBatch = 0;
        _failed = false;
        Array.Clear(_last);
        if (Monitor.IsEntered(Gate))
        {
            Monitor.Exit(Gate);
        }
    }

    private void Check(SqliteCode code)
    {
        if (code == SqliteCode.Ok || _failed)
        {
            return;
        }

        _failed = true;
        Report.Error($"shard {Index}: {code}: {_db.ErrorMessage}");
        if (code == SqliteCode.Full)
        {
            _diskFull();
        }
    }
}
