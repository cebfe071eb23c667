// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// A Unix stream socket that answers JSON lines: the base of peinit's control socket and of authd, lpsd and eventd's
/// queries. It accepts, limits, frames, parses and times out; a daemon derives from it and answers.
/// </summary>
public abstract class JsonServer : EventSource, IDisposable
{
    private const int AcceptsPerRound = 8;
    private const ulong RestNanoseconds = 100_000_000;

    private readonly UnixSocket _listener;
    private readonly List<JsonConnection> _connections = [];
    private readonly Queue<JsonConnection> _resume = new();
    private readonly ArrayBufferWriter<byte> _answer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly SweepTimer _sweep;
    private JsonServerLimits _limits;
    private readonly RestTimer _rest;

    /// <summary>Serves on a listening socket.</summary>
    /// <param name="loop">The loop to run in; the server adds itself.</param>
    /// <param name="listener">A listening socket; owned from here on.</param>
    /// <param name="limits">Limits; may be replaced later.</param>
    protected JsonServer(EventLoop loop, UnixSocket listener, JsonServerLimits limits)
    {
        Loop = loop;
        _limits = limits;
        _listener = listener;
        _writer = new Utf8JsonWriter(_answer, new JsonWriterOptions { SkipValidation = true });
        _sweep = new SweepTimer(this);
        _rest = new RestTimer(this);
    }

    /// <summary>The loop this server runs in.</summary>
    public EventLoop Loop { get; }

    /// <summary>The limits in force; a new value rules new connections and requests, and how long the open ones may be idle.</summary>
    public JsonServerLimits Limits
    {
        get => _limits;
        set
        {
            _limits = value;
            if (_sweep.Armed)
            {
                Loop.Schedule(_sweep, 0);
            }
        }
    }

    /// <summary>Open connections.</summary>
    public IReadOnlyList<JsonConnection> Connections => _connections;

    /// <inheritdoc/>
    public override Fd Descriptor => _listener.Fd;

    /// <inheritdoc/>
    public override int Priority => 3;

    internal MessageBuffer Beside { get; } = new();

    /// <summary>Starts accepting.</summary>
    public Errno Start() => Loop.Add(this, LoopEvents.Readable);

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        for (int i = 0; i < AcceptsPerRound; i++)
        {
            if (!_listener.Accept().TryGet(out UnixSocket? socket, out Errno error))
            {
                if (error != Errno.EAGAIN && error != Errno.EINTR)
                {
                    Rest();
                }

                return;
            }

            Admit(socket);
        }
    }

    /// <summary>Stops accepting and closes every connection.</summary>
    public virtual void Dispose()
    {
        Loop.Remove(this);
        Loop.Cancel(_sweep);
        Loop.Cancel(_rest);
        while (_connections.Count > 0)
        {
            _connections[^1].Close();
        }

        Beside.Dispose();
        _writer.Dispose();
        _listener.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Establishes who connected; an error refuses the connection with ACCESS_DENIED (AUTH-009, PEINIT-378).</summary>
    protected abstract Result<PeerIdentity> Identify(UnixSocket socket);

    /// <summary>
    /// Answers one request, now or later: exactly one of <see cref="JsonConnection.EndAnswer"/>,
    /// <see cref="JsonConnection.Fail"/> and <see cref="JsonConnection.Succeed"/> is called for it.
    /// </summary>
    protected abstract void Handle(JsonConnection connection, string command, JsonObject request);

    /// <summary>Answering threw; the connection is about to close.</summary>
    protected virtual void OnFault(JsonConnection connection, Exception exception)
    {
    }

    /// <summary>A connection has closed, with or without a request in progress.</summary>
    protected virtual void OnClosed(JsonConnection connection)
    {
    }

    /// <summary>Everything queued on a connection has been taken by its client: a stream may go on.</summary>
    protected virtual void OnDrained(JsonConnection connection)
    {
    }

    internal Utf8JsonWriter StartWriter()
    {
        _answer.ResetWrittenCount();
        _writer.Reset(_answer);
        return _writer;
    }

    internal ReadOnlySpan<byte> FinishWriter()
    {
        _writer.Flush();
        _answer.Write("\n"u8);
        return _answer.WrittenSpan;
    }

    internal void Dispatch(JsonConnection connection, string command, JsonObject request) =>
        Handle(connection, command, request);

    internal void Fault(JsonConnection connection, Exception exception) => OnFault(connection, exception);

    internal void Drained(JsonConnection connection) => OnDrained(connection);

    internal void Resume(JsonConnection connection)
    {
        _resume.Enqueue(connection);
        Loop.Schedule(_sweep, 0);
    }

    internal void Forget(JsonConnection connection)
    {
        Loop.Remove(connection);
        if (_connections.Remove(connection))
        {
            OnClosed(connection);
        }
    }

    // Out of descriptors or memory: the listener stays readable, and asking at once again would be a busy loop.
    private void Rest()
    {
        _ = Loop.Modify(this, LoopEvents.None);
        Loop.Schedule(_rest, Clock.Monotonic + RestNanoseconds);
    }

    private void Admit(UnixSocket socket)
    {
        if (!Identify(socket).TryGet(out PeerIdentity? peer))
        {
            RefuseUnknown(socket);
            return;
        }

        JsonConnection connection = new(this, socket, peer);
        if (Full(peer.Name))
        {
            connection.Refuse(ErrorCodes.TooManyConnections, "too many connections");
            return;
        }

        if (!Loop.Add(connection, LoopEvents.Readable).Ok)
        {
            connection.Close();
            return;
        }

        _connections.Add(connection);
        if (!_sweep.Armed)
        {
            Loop.Schedule(_sweep, Clock.Monotonic + Limits.IdleNanoseconds);
        }
    }

    private void RefuseUnknown(UnixSocket socket)
    {
        JsonConnection connection = new(this, socket, new PeerIdentity(null, string.Empty));
        connection.Refuse(ErrorCodes.AccessDenied, "the caller's token could not be read");
    }

    private bool Full(string name)
    {
        if (name == Limits.ReservedFor)
        {
            return _connections.Count >= Limits.Connections;
        }

        int same = 0;
        int others = 0;
        foreach (JsonConnection open in _connections)
        {
            same += open.Peer.Name == name ? 1 : 0;
            others += open.Peer.Name == Limits.ReservedFor ? 0 : 1;
        }

        return same >= Limits.PerIdentity || others >= Limits.Connections - Limits.Reserved
            || _connections.Count >= Limits.Connections;
    }

    private void Sweep(ulong now)
    {
        // A snapshot of the count: a connection that still has lines comes back in the next round.
        for (int n = _resume.Count; n > 0; n--)
        {
            _resume.Dequeue().HandleBufferedSafely();
        }

        ulong next = ulong.MaxValue;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            JsonConnection connection = _connections[i];
            ulong end = connection.LastActivity + Limits.IdleNanoseconds;
            if (!connection.Idle)
            {
                end = now + Limits.IdleNanoseconds;
            }
            else if (end <= now)
            {
                connection.Close();
                continue;
            }

            next = Math.Min(next, end);
        }

        if (_resume.Count > 0)
        {
            next = 0;
        }

        if (next != ulong.MaxValue)
        {
            Loop.Schedule(_sweep, next);
        }
    }

    private sealed class RestTimer(JsonServer server) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now) => _ = loop.Modify(server, LoopEvents.Readable);
    }

    private sealed class SweepTimer(JsonServer server) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now) => server.Sweep(now);
    }
}
