// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Eventd.Ingest;
using Peios.Interop;
using Peios.Ipc;

namespace Eventd.Query;

/// <summary>Accepts query connections and gives each a thread, up to the limits (EVT-204, EVT-210).</summary>
internal sealed class QueryServer : IDisposable
{
    private readonly UnixSocket _socket;
    private readonly CommitSignal _eventCommits;
    private readonly CommitSignal _logCommits;
    private readonly Thread _thread;
    private int _running;
    private int _streams;
    private volatile bool _stopping;

    /// <param name="socket">The listening socket; owned from here on.</param>
    /// <param name="settings">Limits and paths.</param>
    /// <param name="access">Who may read what.</param>
    /// <param name="events">Raised when events are committed.</param>
    /// <param name="logs">Raised when logs are committed.</param>
    internal QueryServer(UnixSocket socket, Settings settings, IQueryAccess access, CommitSignal events, CommitSignal logs)
    {
        _socket = socket;
        Settings = settings;
        Access = access;
        _eventCommits = events;
        _logCommits = logs;
        _thread = new Thread(Accept, 256 * 1024) { Name = "queries", IsBackground = true };
    }

    /// <summary>Limits and paths.</summary>
    internal Settings Settings { get; }

    /// <summary>Who may read what.</summary>
    internal IQueryAccess Access { get; }

    /// <summary>Connections end soon.</summary>
    internal bool Stopping => _stopping;

    /// <summary>Queries that run now.</summary>
    internal int Running => Volatile.Read(ref _running);

    /// <summary>Starts accepting.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Accepts no more; running queries end (EVT-254 step 1).</summary>
    internal void Stop()
    {
        _stopping = true;
        _eventCommits.Raise();
        _logCommits.Raise();
        if (UnixSocket.Connect(Settings.QuerySocketPath).TryGet(out UnixSocket? nudge))
        {
            nudge.Dispose(); // ends the accepting thread's wait
        }
    }

    /// <summary>Waits for the accepting thread and the queries.</summary>
    internal bool Join(int timeoutMs)
    {
        long deadline = Environment.TickCount64 + timeoutMs;
        bool done = _thread.Join(timeoutMs);
        while (Running > 0 && Environment.TickCount64 < deadline)
        {
            Thread.Sleep(5);
        }

        return done && Running == 0;
    }

    /// <summary>What a streaming query of that store waits for.</summary>
    internal CommitSignal Commits(bool logs) => logs ? _logCommits : _eventCommits;

    /// <summary>Room for one more stream?</summary>
    internal bool TryEnterStream()
    {
        if (Interlocked.Increment(ref _streams) <= Settings.MaxStreamingQueries)
        {
            return true;
        }

        LeaveStream();
        return false;
    }

    /// <summary>A stream ended.</summary>
    internal void LeaveStream() => Interlocked.Decrement(ref _streams);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Accept()
    {
        while (!_stopping)
        {
            if (!_socket.Accept().TryGet(out UnixSocket? client, out Errno error))
            {
                if (error != Errno.EAGAIN && error != Errno.EINTR)
                {
                    Report.Error($"queries: accept: {error}");
                    Thread.Sleep(100); // out of descriptors: they come back when queries end
                }

                _ = Polling.Wait(_socket.Fd, Polling.Readable, -1);
                continue;
            }

            QueryConnection connection = new(this, client);
            if (Interlocked.Increment(ref _running) > Settings.MaxConcurrentQueries)
            {
                connection.Fail("too many queries");
                Leave(connection);
                continue;
            }

            new Thread(() => Serve(connection), 512 * 1024) { Name = "query", IsBackground = true }.Start();
        }
    }

    private void Serve(QueryConnection connection)
    {
        try
        {
            connection.Run();
        }
        catch (Exception e)
        {
            // One client's query must not end the daemon that stores everybody's events.
            Report.Error($"query: {e}");
        }
        finally
        {
            Leave(connection);
        }
    }

    private void Leave(QueryConnection connection)
    {
        connection.Dispose();
        Interlocked.Decrement(ref _running);
    }
}
