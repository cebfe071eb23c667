// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Eventd.Indexing;
using Eventd.Store;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd.Ingest;

/// <summary>
/// The only writer of one shard (EVT-017): takes blocks, inserts them in one transaction, commits when the batch is
/// large enough or nothing more comes. A commit is the promise that its events survive power loss (EVT-022). With
/// nothing to write it looks after the shard's indexes.
/// </summary>
internal sealed unsafe class ShardWriter : IDisposable
{
    private const int RetryMs = 1000;

    private readonly IShardHost _host;
    private readonly ShardTables _tables;
    private readonly BatchPacer _pacer = new();
    private readonly ShardUpkeep _upkeep;
    private readonly LostRanges _lost = new();
    private readonly LostRanges _batch = new();
    private readonly Thread _thread;
    private int _inBatch;
    private bool _failed;
    private bool _damaged;
    private bool _unhealthy;
    private long _opened;
    private long _committed = Stopwatch.GetTimestamp();
    private volatile bool _abort;

    /// <param name="index">Number of the shard.</param>
    /// <param name="tables">Its database; owned from here on.</param>
    /// <param name="producers">Drain threads that write here, at most.</param>
    /// <param name="host">The daemon.</param>
    internal ShardWriter(int index, ShardTables tables, int producers, IShardHost host)
    {
        Index = index;
        _tables = tables;
        _host = host;
        // Slots for every block of every drain thread and some of our own: only the entry bound makes anybody wait.
        Queue = new BlockQueue((producers * 4) + 64, host.Settings.Current.MaxBatchSize);
        _upkeep = new ShardUpkeep(index, tables, Gate, host);
        _thread = new Thread(Run, 512 * 1024) { Name = $"shard-{index}", IsBackground = true };
    }

    /// <summary>Number of the shard.</summary>
    internal int Index { get; }

    /// <summary>Holes that are remembered until the shard can store again.</summary>
    internal int MaxLost { get; init; } = 4096;

    /// <summary>Where drain threads put their blocks.</summary>
    internal BlockQueue Queue { get; }

    /// <summary>Events and rows stored since start.</summary>
    internal ulong Stored { get; private set; }

    /// <summary>Transactions committed since start.</summary>
    internal long Commits { get; private set; }

    /// <summary>Rows of the largest of them.</summary>
    internal int LargestBatch { get; private set; }

    /// <summary>Columns that have an index now.</summary>
    internal IReadOnlyList<string> Columns => _tables.Indexes.Columns;

    /// <summary>Is the last batch lost, and none stored since?</summary>
    internal bool Unhealthy => Volatile.Read(ref _unhealthy);

    /// <summary>Bytes that the thread has allocated on the managed heap, as of its last commit.</summary>
    internal long Allocated { get; private set; }

    /// <summary>Held by the writer while a transaction is open, and by retention for each of its steps (EVT-084).</summary>
    internal object Gate { get; } = new();

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

    /// <summary>A drain thread hands over a block; false when the writer ends.</summary>
    /// <param name="block">The block.</param>
    /// <param name="backlogPercent">How full the thread's ring still is: beyond a limit every index is in the way (EVT-068).</param>
    internal bool Put(EventBlock block, int backlogPercent)
    {
        _tables.Indexes.Cancel();
        if (backlogPercent > _host.Settings.Current.EmergencySheddingBufferPercent)
        {
            _upkeep.Alarm();
        }

        return Queue.Put(block);
    }

    /// <summary>Queues one row of eventd's own; false when there is no room for it.</summary>
    internal bool Post(in SyntheticEvent row)
    {
        EventBlock block = new(row.Type.Length + row.Payload.Length + 64, home: null);
        block.AddSynthetic(row);
        if (Queue.Offer(block))
        {
            return true;
        }

        block.Dispose();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _tables.Dispose();

    private void Run()
    {
        bool quiet = false;
        while (!_abort && !Queue.Finished)
        {
            EventBlock? block = Queue.Take(_inBatch > 0 ? Linger() : quiet ? RetryMs : _tables.Differ(_host.Indexes) ? 0 : -1);
            quiet = false;
            if (block is not null)
            {
                Take(block);
            }
            else if (_inBatch > 0)
            {
                Commit();
            }
            else
            {
                quiet = !_upkeep.Tend();
            }
        }

        if (_inBatch > 0 && !_abort)
        {
            Commit();
        }

        if (_inBatch > 0)
        {
            Rollback();
            EndBatch();
        }
    }

    private int Linger() =>
        _pacer.Linger(Stopwatch.GetElapsedTime(_opened).TotalMilliseconds, _host.Settings.Current.MaxBatchLatencyMs);

    private void Take(EventBlock block)
    {
        Settings settings = _host.Settings.Current;
        if (_inBatch > 0 && _inBatch + block.Count > settings.MaxBatchSize)
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
        if (_failed || _inBatch >= settings.MaxBatchSize
            || Stopwatch.GetElapsedTime(_opened).TotalMilliseconds >= settings.MaxBatchLatencyMs)
        {
            Commit();
        }
    }

    private void Begin()
    {
        Monitor.Enter(Gate);
        _opened = Stopwatch.GetTimestamp();
        Check(_tables.Database.Execute("BEGIN IMMEDIATE"u8));
        if (!_failed && _lost.Count > 0)
        {
            InsertLost();
        }
    }

    private void Insert(EventBlock block)
    {
        if (block.Covers.First != 0)
        {
            _batch.Add(block.Cpu, block.Covers);
        }

        _inBatch += block.Count;
        int offset = 0;
        while (!_failed && block.TryNext(ref offset, out EntryKind kind, out byte* data, out int length))
        {
            Check(kind == EntryKind.Event
                ? _tables.Events.InsertEvent(data, length)
                : _tables.Events.InsertSynthetic(SyntheticEvent.Read(new ReadOnlySpan<byte>(data, length))));
        }

        Check(_tables.Events.Flush()); // the block's memory goes back
    }

    /// <summary>Gap records for what earlier batches lost come before new events (EVT-261).</summary>
    private void InsertLost()
    {
        Span<byte> payload = stackalloc byte[GapTracker.Gap.PayloadMax];
        foreach ((uint cpu, SequenceRange numbers) in _lost.All)
        {
            if (_failed)
            {
                // SQLite may have ended the transaction by itself: what is written now would stand alone.
                return;
            }

            GapTracker.Gap gap = new(numbers.First, numbers.Last, 0, 0);
            Check(_tables.Events.InsertSynthetic(
                new SyntheticEvent(Clock.Realtime, cpu, GapTracker.Gap.Type, gap.Payload(payload, cpu))));
            if (!_failed)
            {
                Check(_tables.Sequences.Save((int)cpu, numbers.Last));
            }
        }
    }

    private void Commit()
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < _batch.Count && !_failed; i++)
        {
            Check(_tables.Sequences.Save((int)_batch.All[i].Cpu, _batch.All[i].Numbers.Last));
        }

        if (!_failed)
        {
            Check(_tables.Database.Execute("COMMIT"u8));
        }

        if (_failed)
        {
            Lose();
        }
        else
        {
            Keep(started);
        }

        bool full = _inBatch * 4L > _host.Settings.Current.MaxBatchSize * 3L;
        EndBatch();
        _host.Commits.Raise();
        _upkeep.Committed(full, Queue.Entries == 0);
        Allocated = GC.GetAllocatedBytesForCurrentThread();
    }

    private void Keep(long started)
    {
        long now = Stopwatch.GetTimestamp();
        _pacer.Committed(
            Stopwatch.GetElapsedTime(started, now).TotalMilliseconds, _inBatch,
            Stopwatch.GetElapsedTime(_committed, now).TotalMilliseconds);
        _committed = now;
        Stored += (ulong)_inBatch;
        Commits++;
        LargestBatch = Math.Max(LargestBatch, _inBatch);
        _tables.Sequences.End(committed: true);
        _lost.Clear();
        if (_unhealthy)
        {
            Volatile.Write(ref _unhealthy, false);
            Report.Info($"shard {Index}: events are stored again; what was lost is recorded as synthetic.gap");
            _host.ShardRecovered(Index);
        }
    }

    /// <summary>The batch cannot be stored: forget its events, remember their numbers (EVT-260, EVT-262).</summary>
    private void Lose()
    {
        Rollback();
        foreach ((uint cpu, SequenceRange numbers) in _batch.All)
        {
            Report.Error($"shard {Index}: cpu {cpu}: events {numbers.First} to {numbers.Last} are lost");
            _lost.Add(cpu, numbers);
        }

        if (_damaged && _host.TryReplace(out SqliteDatabase? db, out int file))
        {
            Report.Error($"shard {Index}: the database is damaged; events go to file {file} from here on");
            _damaged = !_tables.TryMove(db);
        }

        // Beyond that many holes the ring keeps the count: it is not read until the shard stores again.
        while (_lost.Count > MaxLost && !_abort && !Queue.Finished && !TryStoreLost())
        {
            Monitor.Exit(Gate); // retention may be what makes room
            _ = Queue.WaitForClose(RetryMs);
            Monitor.Enter(Gate);
        }
    }

    private bool TryStoreLost()
    {
        _failed = false;
        Check(_tables.Database.Execute("BEGIN IMMEDIATE"u8));
        if (!_failed)
        {
            InsertLost();
        }

        if (!_failed)
        {
            Check(_tables.Database.Execute("COMMIT"u8));
        }

        if (_failed)
        {
            Rollback();
            return false;
        }

        _tables.Sequences.End(committed: true);
        _lost.Clear();
        return true;
    }

    private void Rollback()
    {
        _tables.Sequences.End(committed: false);
        _tables.Events.RolledBack();
        if (_tables.Database.InTransaction)
        {
            _ = _tables.Database.Execute("ROLLBACK"u8);
        }
    }

    private void EndBatch()
    {
        _inBatch = 0;
        _failed = false;
        _batch.Clear();
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
        _damaged |= code is SqliteCode.Corrupt or SqliteCode.NotADatabase;
        string problem = $"{code}: {_tables.Database.ErrorMessage}";
        Report.Error($"shard {Index}: {problem}");
        if (!_unhealthy)
        {
            if (code == SqliteCode.Full)
            {
                Report.Error($"shard {Index}: make room beside {_tables.Database.Path}, or let events go earlier (EventRetentionDays, EventRetentionMaxBytes)");
            }

            Volatile.Write(ref _unhealthy, true);
            _host.ShardFailed(Index, problem);
        }

        if (code == SqliteCode.Full)
        {
            _host.DiskFull();
        }
    }
}
