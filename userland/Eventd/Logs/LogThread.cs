// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;

namespace Eventd.Logs;

/// <summary>
/// Receives log datagrams and writes them, on one thread (EVT-104). Senders are never held up: what the socket's queue
/// does not take is theirs to drop (EVT-101).
/// </summary>
internal sealed class LogThread : IDisposable
{
    private const int MaxDatagram = 256 * 1024;
    private const int CheckpointPages = 500;

    private readonly UnixSocket _socket;
    private readonly SqliteDatabase _db;
    private readonly LogTable _table;
    private readonly CommitSignal _commits;
    private readonly LiveSettings _settings;
    private readonly Action<string> _broken;
    private readonly BatchPacer _pacer = new();
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly Thread _thread;
    private int _inBatch;
    private bool _failed;
    private bool _broke;
    private ulong _lost;
    private long _opened;
    private long _committed = Stopwatch.GetTimestamp();
    private volatile bool _stopping;
    private volatile bool _abort;

    private LogThread(
        UnixSocket socket, SqliteDatabase db, LogTable table, LiveSettings settings, CommitSignal commits, Action<string> broken)
    {
        _broken = broken;
        _socket = socket;
        _db = db;
        _table = table;
        _settings = settings;
        _commits = commits;
        _thread = new Thread(Run, 512 * 1024) { Name = "logs", IsBackground = true };
    }

    /// <summary>Records stored since start.</summary>
    internal ulong Stored { get; private set; }

    /// <summary>Records of the largest transaction.</summary>
    internal int LargestBatch { get; private set; }

    /// <summary>Held while a transaction is open, and by retention (EVT-084).</summary>
    internal object Gate { get; } = new();

    /// <summary>Takes over an open store and a bound socket.</summary>
    /// <param name="socket">Datagrams.</param>
    /// <param name="db">The store.</param>
    /// <param name="boot">Boot of every new row.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="commits">Told about each commit.</param>
    /// <param name="broken">Told when a batch is lost, once until one is stored again.</param>
    internal static Result<LogThread> Create(
        UnixSocket socket, SqliteDatabase db, Guid boot, LiveSettings settings, CommitSignal commits, Action<string> broken)
    {
        Span<byte> id = stackalloc byte[16];
        _ = boot.TryWriteBytes(id);
        return LogTable.TryOpen(db, id, out LogTable? table) ? new LogThread(socket, db, table, settings, commits, broken) : Errno.EIO;
    }

    /// <summary>Starts receiving.</summary>
    internal void Start() => _thread.Start();

    /// <summary>
    /// Takes nothing more in, stores what is in the socket's queue, then ends (EVT-254 steps 1 and 2). Whoever goes on
    /// sending does not keep eventd from its end.
    /// </summary>
    internal void Stop()
    {
        _stopping = true;
        _ = _socket.CloseInput();
    }

    /// <summary>Ends without storing the rest.</summary>
    internal void Abort()
    {
        _abort = true;
        Stop();
    }

    /// <summary>Waits for the end.</summary>
    internal bool Join(int timeoutMs) => _thread.Join(timeoutMs);

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        _db.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        while (!_abort)
        {
            bool last = _stopping;
            Result<int> received = _socket.Receive(_buffer);
            if (received.TryGet(out int length))
            {
                Store(_buffer.AsSpan(0, length));
                continue;
            }

            // Nothing more at the moment: wait a little if more is likely, else commit (EVT-105, EVT-024).
            int linger = _inBatch == 0 || last
                ? 0
                : _pacer.Linger(Stopwatch.GetElapsedTime(_opened).TotalMilliseconds, _settings.Current.LogMaxBatchLatencyMs);
            if (linger > 0 && Polling.Wait(_socket.Fd, Polling.Readable, linger).TryGet(out short ready) && ready != 0)
            {
                continue;
            }

            if (_inBatch > 0)
            {
                Commit();
            }

            if (last)
            {
                return;
            }

            _ = Polling.Wait(_socket.Fd, Polling.Readable, -1);
        }

        if (_inBatch > 0)
        {
            Monitor.Exit(Gate); // aborted: the connection rolls back when it is closed
        }
    }

    private void Store(ReadOnlySpan<byte> datagram)
    {
        int count = LogRecord.Count(datagram, out MsgPackReader reader);
        ulong now = Clock.Realtime;
        for (int i = 0; i < count; i++)
        {
            if (!LogRecord.TryRead(ref reader, out LogRecord record))
            {
                continue;
            }

            if (_inBatch == 0)
            {
                Begin();
            }

            _inBatch++;
            // Whoever may log chooses the time. Rows from the future would outlive all others: retention, by age and by
            // size, takes the oldest first.
            ulong time = record.Timestamp is 0 || record.Timestamp > now ? now : record.Timestamp;
            if (!_failed)
            {
                Check(_table.Insert((long)time, record.Origin, record.IsError, record.Message));
            }

            if (_inBatch >= _settings.Current.LogMaxBatchSize)
            {
                Commit(); // one datagram can hold thousands
            }
        }

        if (_inBatch > 0 && Stopwatch.GetElapsedTime(_opened).TotalMilliseconds >= _settings.Current.LogMaxBatchLatencyMs)
        {
            Commit();
        }
    }

    private void Begin()
    {
        Monitor.Enter(Gate);
        _opened = Stopwatch.GetTimestamp();
        Check(_db.Execute("BEGIN IMMEDIATE"u8));
    }

    private void Commit()
    {
        long started = Stopwatch.GetTimestamp();
        if (!_failed)
        {
            Check(_db.Execute("COMMIT"u8));
        }

        if (_failed)
        {
            _lost += (ulong)_inBatch; // EVT-265
            if (_db.InTransaction)
            {
                _ = _db.Execute("ROLLBACK"u8);
            }
        }
        else
        {
            long now = Stopwatch.GetTimestamp();
            _pacer.Committed(
                Stopwatch.GetElapsedTime(started, now).TotalMilliseconds, _inBatch,
                Stopwatch.GetElapsedTime(_committed, now).TotalMilliseconds);
            _committed = now;
            Stored += (ulong)_inBatch;
            LargestBatch = Math.Max(LargestBatch, _inBatch);
            if (_broke)
            {
                Report.Error($"logs are stored again; {_lost} records are lost");
                _broke = false;
                _lost = 0;
            }
        }

        _inBatch = 0;
        _failed = false;
        Monitor.Exit(Gate);
        _commits.Raise();
        if (_db.WalFrames >= CheckpointPages)
        {
            _ = _db.CheckpointPassive(out _, out _); // EVT-110
        }
    }

    private void Check(SqliteCode code)
    {
        if (code != SqliteCode.Ok && !_failed)
        {
            _failed = true;
            if (!_broke)
            {
                // Once: this very line comes back as a log record, which fails too.
                string problem = $"{code}: {_db.ErrorMessage}";
                _broke = true;
                Report.Error($"logs cannot be stored: {problem}");
                _broken(problem);
            }
        }
    }
}
