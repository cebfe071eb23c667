// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// One client of a <see cref="JsonServer"/>. Requests are answered one at a time and in order; while one is in
/// progress nothing further is read, so a client cannot queue work (AUTH-006, PEINIT-376).
/// </summary>
public sealed partial class JsonConnection : EventSource
{
    private const int LinesPerRound = 4;
    private const int MaxQueuedFds = 8;

    private readonly JsonServer _server;
    private readonly UnixSocket _socket;
    private readonly JsonLines _lines;
    private readonly Queue<Fd> _received = new();
    private readonly List<int> _outgoing = [];
    private long? _id;
    private bool _closing;
    private bool _handling;

    internal JsonConnection(JsonServer server, UnixSocket socket, PeerIdentity peer)
    {
        _server = server;
        _socket = socket;
        Peer = peer;
        _lines = new JsonLines(server.Limits.RequestBytes);
        LastActivity = Clock.Monotonic;
    }

    /// <summary>Who connected, captured at accept.</summary>
    public PeerIdentity Peer { get; }

    /// <summary>A request has been read and not answered yet.</summary>
    public bool Busy { get; private set; }

    /// <summary>The connection is gone; answers to it are dropped.</summary>
    public bool Closed { get; private set; }

    /// <summary>The peer's pid for logs; it identifies nobody.</summary>
    public int PeerPid => _socket.PeerPid;

    /// <inheritdoc/>
    public override Fd Descriptor => _socket.Fd;

    /// <inheritdoc/>
    public override int Priority => 2;

    internal ulong LastActivity { get; private set; }

    internal bool Idle => !Busy;

    /// <summary>Takes the next descriptor the client sent, first in first out; null when there is none.</summary>
    public Fd? TakeFd() => _received.TryDequeue(out Fd? fd) ? fd : null;

    /// <summary>Attaches a descriptor to the answer that is sent next; the caller keeps ownership until it is sent.</summary>
    public void AttachFd(Fd fd) => _outgoing.Add(fd.Raw);

    /// <summary>Starts an answer: an open object with <c>status</c> and, if the request had one, <c>id</c>.</summary>
    /// <returns>The writer to add fields to; finish with <see cref="EndAnswer"/>.</returns>
    public Utf8JsonWriter BeginAnswer(bool ok = true)
    {
        Utf8JsonWriter writer = _server.StartWriter();
        writer.WriteStartObject();
        if (_id is long id)
        {
            writer.WriteNumber("id"u8, id);
        }

        writer.WriteString("status"u8, ok ? "ok"u8 : "error"u8);
        return writer;
    }

    /// <summary>Closes and sends the answer, and lets the next request in.</summary>
    public void EndAnswer(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        Transmit(_server.FinishWriter());
        CompleteRequest();
    }

    /// <summary>Sends an answer without fields.</summary>
    public void Succeed() => EndAnswer(BeginAnswer());

    /// <summary>Sends an error answer.</summary>
    /// <param name="code">See <see cref="ErrorCodes"/>.</param>
    /// <param name="message">For people.</param>
    /// <param name="errno">Added as <c>errno</c> when not zero.</param>
    public void Fail(string code, string message, Errno errno = default)
    {
        Utf8JsonWriter writer = BeginAnswer(ok: false);
        writer.WriteString("code"u8, code);
        writer.WriteString("message"u8, message);
        if (!errno.Ok)
        {
            writer.WriteNumber("errno"u8, errno.Value);
        }

        EndAnswer(writer);
    }

    /// <summary>Sends one line that is no answer: for streams of results inside a request in progress.</summary>
    public void SendLine(ReadOnlySpan<byte> line) => Transmit(line);

    /// <summary>Sends an error and closes once it is out.</summary>
    public void FailAndClose(string code, string message)
    {
        _closing = true;
        Fail(code, message);
    }

    /// <summary>Closes at once.</summary>
    public void Close()
    {
        if (Closed)
        {
            return;
        }

        Closed = true;
        _server.Forget(this);
        while (_received.TryDequeue(out Fd? fd))
        {
            Strangers.Close(fd);
        }

        Peer.Dispose();
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        if ((events & LoopEvents.Writable) != 0)
        {
            Flush();
        }

        if (!Closed && (events & (LoopEvents.Readable | LoopEvents.HangUp | LoopEvents.Error)) != 0 && !Busy)
        {
            Read();
        }
        else if (!Closed && Busy && (events & (LoopEvents.HangUp | LoopEvents.Error)) != 0)
        {
            // The client is gone while its request runs: the request goes on, the answer has no reader (PEINIT-381).
            Close();
        }
    }

    /// <inheritdoc/>
    public override bool Faulted(Exception exception)
    {
        _server.Fault(this, exception);
        Close();
        return true;
    }

    internal void Refuse(string code, string message)
    {
        Fail(code, message);
        if (!Closed)
        {
            Close();
        }
    }

    private void Read()
    {
        MessageBuffer beside = _server.Beside;
        Result<int> read = _lines.Fill(_socket, beside);
        if (!read.TryGet(out int count))
        {
            ReadFailed(read.Error);
            return;
        }

        if (!TakeDescriptors(beside))
        {
            FailAndClose(ErrorCodes.InvalidRequest, "too many descriptors");
            return;
        }

        if (count == 0)
        {
            Close();
            return;
        }

        LastActivity = Clock.Monotonic;
        HandleLines();
    }

    private void ReadFailed(Errno error)
    {
        if (error == Errno.EMSGSIZE)
        {
            FailAndClose(ErrorCodes.RequestTooLarge, "the request is too long");
        }
        else if (error != Errno.EAGAIN)
        {
            Close();
        }
    }

    private bool TakeDescriptors(MessageBuffer beside)
    {
        bool fits = !beside.Truncated && _received.Count + beside.FdCount <= MaxQueuedFds;
        for (int i = 0; fits && i < beside.FdCount; i++)
        {
            _received.Enqueue(beside.Take(i)!);
        }

        beside.Clear();
        return fits;
    }

    private void HandleLines()
    {
        _handling = true;
        int budget = LinesPerRound;
        while (!Busy && !Closed && !_closing && budget-- > 0 && _lines.TryTake(out ReadOnlySpan<byte> line))
        {
            Busy = true;
            HandleLine(line);
        }

        _handling = false;
        if (Closed || _closing)
        {
            return;
        }

        if (_lines.TooLong && !Busy)
        {
            FailAndClose(ErrorCodes.RequestTooLarge, "the request is too long");
            return;
        }

        UpdateInterest();
        if (!Busy && budget < 0)
        {
            _server.Resume(this);
        }
    }

    private void HandleLine(ReadOnlySpan<byte> line)
    {
        _id = null;
        if (!JsonObject.TryParse(line, out JsonObject? request, out bool tooDeep))
        {
            if (tooDeep)
            {
                FailAndClose(ErrorCodes.RequestTooLarge, "the request is nested too deeply");
            }
            else
            {
                Fail(ErrorCodes.InvalidRequest, "the request is not one JSON object");
            }

            return;
        }

        if (request!.Contains("id"))
        {
            if (!request.TryGetInt64("id", out long id) || id < 0 || id > (1L << 53) - 1)
            {
                Fail(ErrorCodes.InvalidRequest, "id is not an integer from 0 to 2^53-1");
                return;
            }

            _id = id;
        }

        if (!request.TryGetString("command", out string command))
        {
            Fail(ErrorCodes.InvalidRequest, "command is missing or not a string");
            return;
        }

        _server.Dispatch(this, command, request);
    }

    internal void HandleBufferedSafely()
    {
        if (Busy || Closed || _closing || _handling)
        {
            return;
        }

        try
        {
            HandleLines();
        }
        catch (Exception e)
        {
            _ = Faulted(e);
        }
    }

    private void CompleteRequest()
    {
        Busy = false;
        _outgoing.Clear();
        LastActivity = Clock.Monotonic;
        if (!_handling && !Closed && !_closing)
        {
            // Lines that were read while the request ran wait in the buffer: epoll will not mention them.
            UpdateInterest();
            _server.Resume(this);
        }
    }

    private void UpdateInterest()
    {
        if (!Closed)
        {
            LoopEvents wanted = Busy || _closing ? LoopEvents.None : LoopEvents.Readable;
            _ = _server.Loop.Modify(this, UnsentBytes > 0 ? wanted | LoopEvents.Writable : wanted);
        }
    }
}
