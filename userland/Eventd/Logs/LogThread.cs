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

    private readonly UnixSocket _socket;
    private readonly SqliteDatabase _db;
    private readonly LogTable _table;
    private readonly CommitSignal _commits;
    private readonly Settings _settings;
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly Thread _thread;
    private int _inBatch;
    private bool _failed;
    private long _opened;
    private volatile bool _stopping;
    private volatile bool _abort;

    private LogThread(UnixSocket socket, SqliteDatabase db, LogTable table, Settings settings, CommitSignal commits)
    {
        _socket = socket;
        _db = db;
        _table = table;
        _settings = settings;
        _commits = commits;
        _thread = new Thread(Run, 512 * 1024) { Name = "logs", IsBackground = true };
    }

    /// <summary>Records stored since start.</summary>
    internal ulong Stored { get; private set; }

    /// <summary>Held while a transaction is open, and by retention (EVT-084).</summary>
    internal object Gate { get; } = new();

    /// <summary>Takes over an open store and a bound socket.</summary>
    internal static Result<LogThread> Create(UnixSocket socket, SqliteDatabase db, Guid boot, Settings settings, CommitSignal commits)
    {
        Span<byte> id = stackalloc byte[16];
        _ = boot.TryWriteBytes(id);
        return LogTable.TryOpen(db, id, out LogTable? table) ? new LogThread(socket, db, table, settings, commits) : Errno.EIO;
    }

    /// <summary>Starts receiving.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Stores what is in the socket's queue, then ends (EVT-254 step 2).</summary>
    internal void Stop()
    {
        _stopping = true;
        Nudge();
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

            if (_inBatch > 0)
            {
                Commit(); // nothing more at the moment (EVT-105, EVT-024)
            }

            if (last)
            {
                return;
            }

            _ = Polling.Wait(_socket.Fd, Polling.Readable, -1);
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
            ulong time = record.Timestamp is 0 or > long.MaxValue ? now : record.Timestamp;
            if (!_failed)
            {
                Check(_table.Insert((long)time, record.Origin, record.IsError, record.Message));
            }
        }

        if (_inBatch >= _settings.LogMaxBatchSize
            || (_inBatch > 0 && Stopwatch.GetElapsedTime(_opened).TotalMilliseconds >= _settings.LogMaxBatchLatencyMs))
        {
            Commit();
        }
    }

    /// <summary>An empty datagram ends the wait; if the queue has no room for it the thread is awake anyway.</summary>
    private void Nudge()
    {
        if (UnixSocket.ConnectDatagram(_settings.LogSocketPath).TryGet(out UnixSocket? socket))
        {
            _ = socket.Send(default);
            socket.Dispose();
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
        if (!_failed)
        {
            Check(_db.Execute("COMMIT"u8));
        }

        if (_failed)
        {
            Report.Error($"logs: {_inBatch} records are lost"); // EVT-265
            if (_db.InTransaction)
            {
                _ = _db.Execute("ROLLBACK"u8);
            }
        }
        else
        {
            Stored += (ulong)_inBatch;
        }

        _inBatch = 0;
        _failed = false;
        Monitor.Exit(Gate);
        _commits.Raise();
    }

    private void Check(SqliteCode code)
    {
        if (code != SqliteCode.Ok && !_failed)
        {
            _failed = true;
            Report.Error($"logs: {code}: {_db.ErrorMessage}");
        }
    }
}
