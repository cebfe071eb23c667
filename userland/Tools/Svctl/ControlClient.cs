// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Interop;
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary>One request to peinit and its answer, with the failures as exit codes (CLI-002, CLI-007).</summary>
internal sealed class ControlClient : IDisposable
{
    private const int MaxAnswer = 4 << 20;

    /// <summary>peinit takes connections in every round of its loop: one that takes none for so long is stuck.</summary>
    private const int ConnectMs = 5000;

    private readonly ToolContext _context;
    private readonly UnixSocket _socket;
    private readonly JsonLines _lines = new(MaxAnswer);

    private ControlClient(ToolContext context, UnixSocket socket)
    {
        _context = context;
        _socket = socket;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Sends one request; on failure the message is printed and the exit code says why.</summary>
    internal static ExitCode Ask(ToolContext context, ReadOnlySpan<byte> request, out JsonObject? answer)
    {
        answer = null;
        string path = context.Arguments.Value(SvctlTool.Socket) ?? ControlMessage.SocketPath;
        if (!TryDeadline(context, out ulong deadline))
        {
            return context.Fail(ExitCode.Usage, $"{SvctlTool.Timeout} takes a number of seconds");
        }

        if (!UnixSocket.ConnectWaiting(path, Remaining(deadline, ConnectMs)).TryGet(out UnixSocket? socket, out Errno error))
        {
            return context.Fail(
                error == Errno.EACCES ? ExitCode.Denied : ExitCode.Unreachable,
                $"cannot reach peinit at {path}: {error.Message}",
                error.Name);
        }

        using ControlClient client = new(context, socket);
        return client.Exchange(request, deadline, out answer);
    }

    /// <summary>The exit code of an error answer.</summary>
    internal static ExitCode Classify(string code) => code switch
    {
        ErrorCodes.AccessDenied => ExitCode.Denied,
        ControlMessage.ServiceNotFound or ControlMessage.OperationNotFound => ExitCode.NotFound,
        ErrorCodes.InvalidRequest or ErrorCodes.UnknownCommand or ErrorCodes.RequestTooLarge or ControlMessage.ValidationFailed
            => ExitCode.InvalidInput,
        ControlMessage.InvalidState or ControlMessage.OperationInProgress or ControlMessage.OperationCancelled
            or ControlMessage.ShuttingDown => ExitCode.Conflict,
        ControlMessage.Timeout or ControlMessage.RegistryUnavailable or ErrorCodes.TooManyConnections or "QUEUE_FULL"
            => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };

    private static bool TryDeadline(ToolContext context, out ulong deadline)
    {
        deadline = ulong.MaxValue;
        string? text = context.Arguments.Value(SvctlTool.Timeout);
        if (text is null)
        {
            return true;
        }

        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
        {
            return false;
        }

        deadline = Clock.Monotonic + (seconds * 1_000_000_000UL);
        return true;
    }

    /// <summary>Milliseconds to the deadline, at most <paramref name="most"/>.</summary>
    private static int Remaining(ulong deadline, int most)
    {
        ulong now = Clock.Monotonic;
        return now >= deadline ? 0 : (int)Math.Min((deadline - now + 999_999) / 1_000_000, (ulong)most);
    }

    private ExitCode Exchange(ReadOnlySpan<byte> request, ulong deadline, out JsonObject? answer)
    {
        answer = null;
        // A refused connection may close before the request is out; its one line is still worth reading.
        _ = Send(request);
        if (!Receive(deadline).TryGet(out byte[]? line, out Errno error))
        {
            return error == Errno.ETIMEDOUT
                ? _context.Fail(ExitCode.Unreachable, "no answer in time; the operation goes on", ControlMessage.Timeout)
                : _context.Fail(ExitCode.Unreachable, $"no answer from peinit: {error.Message}", error.Name);
        }

        if (!JsonObject.TryParse(line, out answer, out _) || !answer!.TryGetString("status", out string status))
        {
            return _context.Fail(ExitCode.Unreachable, "peinit's answer is not understood", "EPROTO");
        }

        return status == "ok" ? ExitCode.Success : Refused(answer);
    }

    private ExitCode Refused(JsonObject answer)
    {
        _ = answer.TryGetString("code", out string code);
        _ = answer.TryGetString("message", out string message);
        if (answer.TryGetStrings("errors", out string[] errors))
        {
            foreach (string line in errors)
            {
                // The message is the first of them.
                if (line != message)
                {
                    _context.Warn(line);
                }
            }
        }

        return _context.Fail(Classify(code), message + Hint(code), code);
    }

    /// <summary>What the operator can do, where that is not plain.</summary>
    private static string Hint(string code) => code switch
    {
        ControlMessage.ServiceNotFound => ": 'svctl list' names those you may query; 'svctl reload-config' reads new definitions",
        ControlMessage.Timeout => ": 'svctl status' and 'evctl logs peinit' say where it stands",
        ControlMessage.OperationInProgress => ": 'svctl status' names it",
        _ => string.Empty,
    };

    private Errno Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            if (_socket.Send(request).TryGet(out int sent, out Errno error))
            {
                request = request[sent..];
            }
            else if (error != Errno.EAGAIN || !Polling.Wait(_socket.Fd, Polling.Writable, -1).Ok)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private Result<byte[]> Receive(ulong deadline)
    {
        ReadOnlySpan<byte> line;
        while (!_lines.TryTake(out line))
        {
            ulong now = Clock.Monotonic;
            if (now >= deadline)
            {
                return Errno.ETIMEDOUT;
            }

            int wait = deadline == ulong.MaxValue ? -1 : Remaining(deadline, 60_000);
            Result<short> ready = Polling.Wait(_socket.Fd, Polling.Readable, wait);
            if (!ready.TryGet(out short events, out Errno error))
            {
                return error;
            }

            if (events == 0)
            {
                continue;
            }

            if (!_lines.Fill(_socket).TryGet(out int count, out error))
            {
                return error;
            }

            if (count == 0)
            {
                return Errno.ECONNRESET;
            }
        }

        return line.ToArray();
    }
}
