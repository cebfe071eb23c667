// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;
using Peios.Events;
using Peios.Interop;
using Peios.Ipc;

namespace Eventd.Query;

/// <summary>The messages of one query connection (EVT-215 to EVT-218). A client that stops reading or writing is given up.</summary>
internal sealed class ClientChannel(QueryServer server, UnixSocket socket) : IDisposable
{
    /// <summary>How long a client may take to send its request, or to take a part of the answer.</summary>
    internal const int ClientMs = 10000;

    /// <summary>
    /// The same for a stream: short, because the databases grow behind a reader, and not nothing, because one commit can
    /// bring more than a socket holds, and on one CPU the client runs only while eventd waits.
    /// </summary>
    internal const int StreamMs = 1000;

    private bool _torn;

    /// <summary>When a result must be sent, whatever the client does; a tick count.</summary>
    internal long Deadline { get; set; } = long.MaxValue;

    /// <summary>The connection.</summary>
    internal Fd Fd => socket.Fd;

    /// <summary>The query of the request, or null with the reason.</summary>
    internal string? ReadQuery(out string problem)
    {
        Span<byte> head = stackalloc byte[4];
        problem = "the request is incomplete";
        if (!ReadFully(head))
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > (uint)server.Context.Settings.Current.MaxQueryMessageBytes)
        {
            problem = "the request is too large"; // EVT-216
            return null;
        }

        byte[] body = new byte[length];
        if (!ReadFully(body))
        {
            return null;
        }

        problem = "the request is no map with a \"query\" string";
        return Parse(body);
    }

    /// <summary>The query in a request; null when it is none (EVT-217). Whatever the bytes are.</summary>
    internal static string? Parse(ReadOnlySpan<byte> body)
    {
        MsgPackReader whole = new(body);
        MsgPackReader map = new(body);
        if (!whole.TrySkip() || !whole.AtEnd || !map.TryReadMap(out int pairs))
        {
            return null;
        }

        string? query = null;
        for (int i = 0; i < pairs; i++)
        {
            if (map.NextType == MsgPackType.String && map.TryReadString(out ReadOnlySpan<byte> key))
            {
                if (key.SequenceEqual("query"u8))
                {
                    query = map.TryReadString(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;
                    continue;
                }
            }
            else
            {
                _ = map.TrySkip();
            }

            _ = map.TrySkip();
        }

        return map.Ok ? query : null;
    }

    /// <summary>Sends an error, if there is room for it now.</summary>
    internal void Fail(string problem)
    {
        byte[] message = new byte[64 + (3 * problem.Length)];
        MsgPackWriter w = new(message.AsSpan(4));
        w.Map(2);
        w.String("status"u8);
        w.String("error"u8);
        w.String("error"u8);
        w.String(problem);
        BinaryPrimitives.WriteInt32LittleEndian(message, w.Length);
        _ = Send(message.AsSpan(0, 4 + w.Length), waitMs: 0);
    }

    /// <summary>Sends the end of a result.</summary>
    internal void End()
    {
        byte[] end = new byte[16];
        MsgPackWriter w = new(end.AsSpan(4));
        w.Map(1);
        w.String("status"u8);
        w.String("end"u8);
        BinaryPrimitives.WriteInt32LittleEndian(end, w.Length);
        _ = Send(end.AsSpan(0, 4 + w.Length), ClientMs);
    }

    /// <summary>Sends a message; false when the client is gone, or does not take it.</summary>
    /// <param name="data">A whole message.</param>
    /// <param name="waitMs">How long to wait for room; without any the client is given up (EVT-211).</param>
    internal bool Send(ReadOnlySpan<byte> data, int waitMs)
    {
        if (_torn)
        {
            return false; // half a message is out: nothing after it could be understood
        }

        int length = data.Length;
        long deadline = Math.Min(Deadline, Environment.TickCount64 + waitMs);
        while (!data.IsEmpty)
        {
            Result<int> n = socket.Send(data);
            if (n.TryGet(out int count))
            {
                data = data[count..];
            }
            else if (n.Error != Errno.EAGAIN || !WaitFor(Polling.Writable, deadline))
            {
                _torn = data.Length < length;
                return false;
            }
        }

        return true;
    }

    /// <summary>Did the client close its end? Whatever else it sends is not part of the protocol.</summary>
    internal bool Gone()
    {
        Span<byte> one = stackalloc byte[1];
        Result<int> n = socket.Receive(one);
        return n.Error != Errno.EAGAIN;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private bool ReadFully(Span<byte> to)
    {
        long deadline = Environment.TickCount64 + ClientMs;
        while (!to.IsEmpty)
        {
            Result<int> n = socket.Receive(to);
            if (n.TryGet(out int count))
            {
                if (count == 0)
                {
                    return false;
                }

                to = to[count..];
            }
            else if (n.Error != Errno.EAGAIN || !WaitFor(Polling.Readable, deadline))
            {
                return false;
            }
        }

        return true;
    }

    private bool WaitFor(short events, long deadline)
    {
        while (!server.Stopping)
        {
            long left = deadline - Environment.TickCount64;
            if (left <= 0)
            {
                return false;
            }

            Result<(short First, short Second)> ready = Polling.WaitEither(socket.Fd, events, server.StopFd, (int)left);
            if (!ready.TryGet(out (short First, short Second) bits, out Errno error))
            {
                if (error != Errno.EINTR)
                {
                    return false;
                }
            }
            else if (bits.First != 0)
            {
                return true;
            }
        }

        return false;
    }
}
