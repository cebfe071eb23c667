// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Text;
using System.Text.Json;
using Peinit.Core;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

namespace Peinit.Launch;

/// <summary>
/// One <c>service-token</c> request on a connection of its own, driven by the loop (PEINIT-138 to PEINIT-141). It never
/// waits; StartTimeout bounds it from outside.
/// </summary>
internal sealed class AuthdRequest : EventSource
{
    private const int MaxAnswer = 65536;

    private readonly EventLoop _loop;
    private readonly UnixSocket _socket;
    private readonly JobProcess _process;
    private readonly TokenSource _tokens;
    private readonly MessageBuffer _beside = new();
    private readonly JsonLines _lines = new(MaxAnswer);
    private byte[] _unsent;
    private Fd? _token;
    private int _received;

    private AuthdRequest(EventLoop loop, UnixSocket socket, JobProcess process, TokenSource tokens)
    {
        _loop = loop;
        _socket = socket;
        _process = process;
        _tokens = tokens;
        _unsent = Encode(process.Job);
    }

    /// <inheritdoc/>
    public override int Priority => 2;

    /// <inheritdoc/>
    public override Fd Descriptor => _socket.Fd;

    internal static Result<AuthdRequest> Start(EventLoop loop, string path, JobProcess process, TokenSource tokens)
    {
        if (!UnixSocket.Connect(path).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        AuthdRequest request = new(loop, socket, process, tokens);
        error = loop.Add(request, LoopEvents.Readable | LoopEvents.Writable);
        if (error.Ok)
        {
            return request;
        }

        request.Close();
        return error;
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        if ((events & LoopEvents.Writable) != 0 && _unsent.Length > 0 && !Send())
        {
            return;
        }

        if ((events & ~LoopEvents.Writable) != 0)
        {
            Receive();
        }
    }

    /// <inheritdoc/>
    public override bool Faulted(Exception exception)
    {
        Fail(Errno.EPROTO);
        return true;
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    internal void Cancel() => Close();

    /// <summary>What kind of process the token is for (PEINIT-140).</summary>
    internal static string Purpose(JobType type) => type == JobType.ServiceMain ? "main" : "hook";

    /// <summary>The request line.</summary>
    internal static byte[] Encode(Job job)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("command"u8, "service-token"u8);
            writer.WriteString("identity"u8, job.Identity);
            writer.WriteString("service"u8, job.Service.Name);
            writer.WriteString("purpose"u8, Purpose(job.Type));
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private bool Send()
    {
        if (!_socket.Send(_unsent).TryGet(out int count, out Errno error))
        {
            if (error == Errno.EAGAIN)
            {
                return true;
            }

            Fail(error);
            return false;
        }

        _unsent = _unsent[count..];
        if (_unsent.Length == 0)
        {
            _ = _loop.Modify(this, LoopEvents.Readable);
        }

        return true;
    }

    private void Receive()
    {
        if (!_lines.Fill(_socket, _beside).TryGet(out int count, out Errno error))
        {
            if (error != Errno.EAGAIN)
            {
                Fail(error);
            }

            return;
        }

        for (int i = 0; i < _beside.FdCount; i++)
        {
            Drop();
            _token = _beside.Take(i);
            _received++;
        }

        if (_lines.TryTake(out ReadOnlySpan<byte> line))
        {
            Decide(line);
        }
        else if (count == 0)
        {
            Fail(Errno.ECONNRESET);
        }
    }

    // One ok, one descriptor, one primary token; anything else is an error answer (PEINIT-141).
    private void Decide(ReadOnlySpan<byte> line)
    {
        if (!JsonObject.TryParse(line, out JsonObject? answer, out _) || !answer!.TryGetString("status", out string status))
        {
            Fail(Errno.EPROTO);
            return;
        }

        if (status != "ok")
        {
            Fail(ErrnoOf(answer));
            return;
        }

        if (_received != 1 || !IsPrimary(_token!))
        {
            Fail(Errno.EPROTO);
            return;
        }

        Fd token = _token!;
        _token = null;
        Close();
        _tokens.Answered(_process, token);
        _process.Pump();
    }

    private static bool IsPrimary(Fd token)
    {
        Span<byte> value = stackalloc byte[4];
        return KacsToken.Query(token, KacsAbi.TokenClassType, value, out int size).Ok && size == 4
            && value[0] == (byte)TokenType.Primary && value[1..].IndexOfAnyExcept((byte)0) < 0;
    }

    private static Errno ErrnoOf(JsonObject answer)
    {
        if (answer.TryGetInt64("errno", out long errno) && errno is > 0 and < 4096)
        {
            return new Errno((int)errno);
        }

        return answer.TryGetString("code", out string code) ? code switch
        {
            ErrorCodes.AccessDenied => Errno.EACCES,
            ErrorCodes.NotFound or "NO_SUCH_SOURCE" => Errno.ENOENT,
            ErrorCodes.Busy or ErrorCodes.TooManyConnections => Errno.EAGAIN,
            "SOURCE_UNAVAILABLE" => Errno.ECONNREFUSED,
            _ => Errno.EPROTO,
        }
        : Errno.EPROTO;
    }

    private void Fail(Errno error)
    {
        Close();
        _tokens.Answered(_process, error);
        _process.Pump();
    }

    private void Close()
    {
        _loop.Remove(this);
        Drop();
        _beside.Dispose();
        _socket.Dispose();
    }

    // Whatever authd sent may be anything until it has been looked at.
    private void Drop()
    {
        if (_token is not null)
        {
            Strangers.Close(_token);
            _token = null;
        }
    }
}
