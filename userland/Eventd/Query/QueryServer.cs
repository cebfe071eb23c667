// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Threading;
using Eventd.Store;
using Peios.Interop;
using Peios.Ipc;

namespace Eventd.Query;

/// <summary>Accepts query connections and gives each a thread, up to the limits (EVT-204, EVT-210).</summary>
internal sealed class QueryServer : IDisposable
{
    private const int ExhaustedMs = 1000;
    private const int PerUserShare = 4;
    private const int Reserve = 8; // one of so many is SYSTEM's alone
    private const string SystemUser = "S-1-5-18";

    private readonly UnixSocket _socket;
    private readonly WakeFd _stop;
    private readonly object _lock = new();
    private readonly Dictionary<string, int> _byUser = [];
    private readonly Thread _thread;
    private int _running;
    private int _streams;
    private volatile bool _stopping;

    private QueryServer(UnixSocket socket, WakeFd stop, QueryContext context)
    {
        _socket = socket;
        _stop = stop;
        Context = context;
        _thread = new Thread(Accept, 256 * 1024) { Name = "queries", IsBackground = true };
    }

    /// <summary>What queries need.</summary>
    internal QueryContext Context { get; }

    /// <summary>Connections end soon.</summary>
    internal bool Stopping => _stopping;

    /// <summary>Readable from the moment on that <see cref="Stopping"/> is true.</summary>
    internal Fd StopFd => _stop.Fd;

    /// <summary>Binds the socket; everybody may connect, the token decides (EVT-236).</summary>
    internal static bool TryOpen(QueryContext context, [NotNullWhen(true)] out QueryServer? server, out string problem)
    {
        server = null;
        string path = context.Settings.Current.QuerySocketPath;
        Errno error = Folders.Make(Path.GetDirectoryName(path) ?? "/", 0x1ed);
        if (error.Ok && WakeFd.Create().TryGet(out WakeFd? stop, out error))
        {
            if (UnixSocket.Listen(path, 0x1b6).TryGet(out UnixSocket? socket, out error))
            {
                server = new QueryServer(socket, stop, context);
                problem = string.Empty;
                return true;
            }

            stop.Dispose();
        }

        problem = $"{path}: {error}";
        return false;
    }

    /// <summary>Starts accepting.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Accepts no more; running queries end (EVT-254 step 1).</summary>
    internal void Stop()
    {
        _stopping = true;
        _stop.Set();
        Context.EventCommits.Raise();
        Context.LogCommits.Raise();
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits for the accepting thread and the queries.</summary>
    internal bool Join(int timeoutMs)
    {
        long deadline = Environment.TickCount64 + timeoutMs;
        bool done = _thread.Join(timeoutMs);
        lock (_lock)
        {
            while (_running > 0)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lock, (int)left))
                {
                    break;
                }
            }

            return done && _running == 0;
        }
    }

    /// <summary>Room for one more stream of this user?</summary>
    internal bool TryEnterStream(string user)
    {
        if (Interlocked.Increment(ref _streams) <= LimitFor(user, Context.Settings.Current.MaxStreamingQueries))
        {
            return true;
        }

        LeaveStream();
        return false;
    }

    /// <summary>A stream ended.</summary>
    internal void LeaveStream() => Interlocked.Decrement(ref _streams);

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _stop.Dispose();
    }

    private void Accept()
    {
        while (!_stopping)
        {
            if (_socket.Accept().TryGet(out UnixSocket? client, out Errno error))
            {
                Begin(client);
            }
            else if (error == Errno.EAGAIN || error == Errno.EINTR)
            {
                _ = Polling.WaitEither(_socket.Fd, Polling.Readable, _stop.Fd, -1);
            }
            else
            {
                Report.Error($"queries: accept: {error}");
                lock (_lock)
                {
                    // Out of descriptors or memory. A query that ends gives some back; for what others
                    // give back there is no signal, hence the time.
                    _ = !_stopping && Monitor.Wait(_lock, ExhaustedMs);
                }
            }
        }
    }

    private void Begin(UnixSocket client)
    {
        QueryConnection connection = new(this, client, Context.Judge.Open(client.Fd));
        bool room;
        lock (_lock)
        {
            int all = Context.Settings.Current.MaxConcurrentQueries;
            int same = _byUser.GetValueOrDefault(connection.User) + 1;
            _byUser[connection.User] = same;
            // Connections are cheap to open and to leave idle: nobody may use up what others query with.
            room = ++_running <= LimitFor(connection.User, all) && (connection.User == SystemUser || same <= Math.Max(1, all / PerUserShare));
        }

        if (room)
        {
            new Thread(() => Serve(connection), 512 * 1024) { Name = "query", IsBackground = true }.Start();
            return;
        }

        connection.Fail("too many queries");
        Leave(connection);
    }

    // However many users there are, whoever looks after the machine gets in.
    private static int LimitFor(string user, int limit) => user == SystemUser ? limit : limit - (limit / Reserve);

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
        lock (_lock)
        {
            _running--;
            int left = _byUser[connection.User] - 1;
            if (left > 0)
            {
                _byUser[connection.User] = left;
            }
            else
            {
                _ = _byUser.Remove(connection.User);
            }

            Monitor.PulseAll(_lock);
        }
    }
}
