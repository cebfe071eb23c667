// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Text.Json;
using Peios.Interop;
using Peios.Ipc;

namespace Tools.Frame;

/// <summary>One question to a JSON-lines daemon, within a time.</summary>
internal static class DaemonClient
{
    private const int MaxAnswer = 1 << 20;

    /// <summary>Asks. ECONNREFUSED or ENOENT: it is not there; ETIMEDOUT; EPROTO: the answer has another form.</summary>
    public static Result<JsonObject> Ask(string path, int timeoutMs, Action<Utf8JsonWriter> write)
    {
        if (!UnixSocket.ConnectWaiting(path, timeoutMs).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        using (socket)
        {
            byte[] line = Encode(write);
            if (!socket.Send(line).TryGet(out int sent, out error) || sent < line.Length)
            {
                return error.Ok ? Errno.EAGAIN : error;
            }

            return Receive(socket, Clock.Monotonic + ((ulong)timeoutMs * 1_000_000));
        }
    }

    private static Result<JsonObject> Receive(UnixSocket socket, ulong deadline)
    {
        JsonLines lines = new(MaxAnswer);
        while (true)
        {
            ulong now = Clock.Monotonic;
            int wait = now >= deadline ? 0 : (int)((deadline - now) / 1_000_000) + 1;
            if (!Polling.Wait(socket.Fd, Polling.Readable, wait).TryGet(out short ready, out Errno error))
            {
                return error;
            }

            if (ready == 0)
            {
                return Errno.ETIMEDOUT;
            }

            if (!lines.Fill(socket).TryGet(out int count, out error) && error != Errno.EAGAIN)
            {
                return error;
            }

            if (lines.TryTake(out ReadOnlySpan<byte> line))
            {
                return JsonObject.TryParse(line, out JsonObject? answer, out _) ? answer! : Errno.EPROTO;
            }

            if (error.Ok && count == 0)
            {
                return Errno.ECONNRESET;
            }
        }
    }

    private static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(256);
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
}
