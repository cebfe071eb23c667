// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Peios.Interop;
using Peios.Ipc;

namespace Authd.Sources;

/// <summary>
/// The connection to lpsd: opened when there is a question, closed by lpsd when idle. Nothing here waits; a question
/// that may wait is repeated with growing pauses until its deadline (AUTH-068).
/// </summary>
internal sealed class LpsdLink(EventLoop loop, string path, ulong timeoutNanoseconds) : EventSource
{
    public const string DefaultPath = "/run/lpsd/lpsd.sock";

    private const ulong FirstPause = 100_000_000;
    private const ulong LongestPause = 5_000_000_000;
    private const int MaxQuestions = 256;
    private const int MaxAnswer = 65536;

    /// <summary>Longest question; lpsd ends the connection at a longer one, and with it everybody else's questions.</summary>
    private const int MaxQuestion = 65536;

    private readonly Queue<LpsdQuestion> _sent = new();
    private readonly Queue<LpsdQuestion> _waiting = new();
    private readonly Wake _wake = new();
    private UnixSocket? _socket;
    private JsonLines _lines = new(MaxAnswer);
    private ulong _pause = FirstPause;
    private ulong _retryAt;
    private bool _used;

    /// <inheritdoc/>
    public override Fd Descriptor => _socket!.Fd;

    /// <inheritdoc/>
    public override int Priority => 1;

    /// <summary>Did the last attempt to reach lpsd succeed?</summary>
    public bool IsUp { get; private set; }

    /// <summary>Called when <see cref="IsUp"/> changes.</summary>
    public Action<bool>? Changed { get; set; }

    /// <summary>Asks.</summary>
    /// <param name="line">The request with its LF.</param>
    /// <param name="mayWait">Wait for a daemon that is down; otherwise the answer is null at once.</param>
    /// <param name="done">Gets the answer, exactly once, possibly before this returns.</param>
    public void Ask(byte[] line, bool mayWait, Action<JsonObject?> done)
    {
        LpsdQuestion question = new(line, Clock.Monotonic + timeoutNanoseconds, done);
        if (_sent.Count + _waiting.Count >= MaxQuestions || line.Length > MaxQuestion)
        {
            done(null);
        }
        else if (_waiting.Count == 0 && Connect())
        {
            Send(question);
        }
        else if (mayWait)
        {
            _waiting.Enqueue(question);
            Arm();
        }
        else
        {
            done(null);
        }
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        if (!_lines.Fill(_socket!).TryGet(out int count, out Errno error))
        {
            if (error != Errno.EAGAIN)
            {
                Drop(lost: true);
            }

            return;
        }

        while (_socket is not null && _lines.TryTake(out ReadOnlySpan<byte> line))
        {
            if (_sent.Count == 0 || !JsonObject.TryParse(line, out JsonObject? answer, out _))
            {
                Drop(lost: true);
                return;
            }

            _sent.Dequeue().Done(answer);
        }

        if (count == 0)
        {
            Drop(lost: false);
        }
    }

    /// <inheritdoc/>
    public override bool Faulted(Exception exception)
    {
        Drop(lost: true);
        return true;
    }

    /// <summary>A request line.</summary>
    public static byte[] Line(Action<Utf8JsonWriter> write)
    {
        System.Buffers.ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        return buffer.WrittenSpan.ToArray();
    }

    private bool Connect()
    {
        if (_socket is not null)
        {
            return true;
        }

        if (Clock.Monotonic < _retryAt)
        {
            return false;
        }

        if (UnixSocket.Connect(path).TryGet(out UnixSocket? socket))
        {
            _socket = socket;
            if (loop.Add(this, LoopEvents.Readable).Ok)
            {
                _lines = new JsonLines(MaxAnswer);
                _used = false;
                _pause = FirstPause;
                SetUp(true);
                return true;
            }

            _socket = null;
            socket.Dispose();
        }

        _retryAt = Clock.Monotonic + _pause;
        _pause = Math.Min(_pause * 2, LongestPause);
        SetUp(false);
        return false;
    }

    private void Send(LpsdQuestion question)
    {
        question.OnUsedConnection = _used;
        _used = true;
        _sent.Enqueue(question);
        Arm();
        // A question is far smaller than the socket's buffer: one that does not fit means that nobody reads.
        if (!_socket!.Send(question.Line).TryGet(out int count) || count < question.Line.Length)
        {
            Drop(lost: true);
        }
    }

    /// <summary>The connection is over; what was asked on it is repeated once or given up.</summary>
    private void Drop(bool lost)
    {
        if (_socket is null)
        {
            return;
        }

        loop.Remove(this);
        _socket.Dispose();
        _socket = null;
        LpsdQuestion[] open = [.. _sent];
        _sent.Clear();
        if (lost || open.Length > 0)
        {
            SetUp(false);
        }

        foreach (LpsdQuestion question in open)
        {
            if (question.OnUsedConnection && !lost && Connect())
            {
                Send(question);
            }
            else
            {
                question.Done(null);
            }
        }
    }

    private void Retry(ulong now)
    {
        if (_sent.TryPeek(out LpsdQuestion? oldest) && oldest.Deadline <= now)
        {
            Drop(lost: true);
        }

        while (_waiting.TryPeek(out LpsdQuestion? next))
        {
            if (next.Deadline <= now)
            {
                _waiting.Dequeue().Done(null);
            }
            else if (Connect())
            {
                Send(_waiting.Dequeue());
            }
            else
            {
                break;
            }
        }

        Arm();
    }

    private void Arm()
    {
        ulong next = ulong.MaxValue;
        next = _sent.TryPeek(out LpsdQuestion? sent) ? sent.Deadline : next;
        next = _waiting.TryPeek(out LpsdQuestion? waiting) ? Math.Min(next, Math.Min(waiting.Deadline, _retryAt)) : next;
        _wake.Link = this;
        if (next != ulong.MaxValue)
        {
            loop.Schedule(_wake, next);
        }
    }

    private void SetUp(bool up)
    {
        if (IsUp != up)
        {
            IsUp = up;
            Changed?.Invoke(up);
        }
    }

    private sealed class Wake : LoopTimer
    {
        public LpsdLink? Link { get; set; }

        public override void Expired(EventLoop loop, ulong now) => Link!.Retry(now);
    }
}
