// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Text;
using Peios.Events;
using Peios.Interop;
using Peios.Ipc;

namespace Tools.Evctl;

/// <summary>One query over eventd's socket (EVT-214 to EVT-221).</summary>
internal sealed class QueryClient(UnixSocket socket) : IDisposable
{
    /// <summary>Where eventd listens unless configured otherwise.</summary>
    internal const string DefaultSocket = "/run/eventd/query.sock";

    private const int MaxMessage = 64 * 1024 * 1024;

    /// <summary>What a message means.</summary>
    internal enum Answer
    {
        /// <summary>Records; more may follow.</summary>
        Records,

        /// <summary>The result is complete.</summary>
        End,

        /// <summary>The query failed; the text says why.</summary>
        Error,

        /// <summary>The connection broke or the daemon spoke nonsense.</summary>
        Broken,
    }

    /// <summary>Connects.</summary>
    internal static Result<QueryClient> Connect(string path) =>
        UnixSocket.Connect(path).TryGet(out UnixSocket? socket, out Errno error) ? new QueryClient(socket) : error;

    /// <summary>Sends the query. A daemon that refuses may have closed already; its answer is then still to be read.</summary>
    internal void Send(string query)
    {
        int length = Encoding.UTF8.GetByteCount(query);
        byte[] request = new byte[length + 32];
        MsgPackWriter w = new(request.AsSpan(4));
        w.Map(1);
        w.String("query"u8);
        w.String(query);
        BinaryPrimitives.WriteInt32LittleEndian(request, w.Length);
        Span<byte> rest = request.AsSpan(0, w.Length + 4);
        while (!rest.IsEmpty)
        {
            Result<int> sent = socket.Send(rest);
            if (sent.TryGet(out int n))
            {
                rest = rest[n..];
            }
            else if (sent.Error != Errno.EAGAIN || !Polling.Wait(socket.Fd, Polling.Writable, -1).Ok)
            {
                return;
            }
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="records">Bytes of the records, one map after the other, and how many.</param>
    /// <param name="problem">Text of an error.</param>
    internal Answer Receive(out (byte[] Bytes, int Offset, int Count) records, out string problem)
    {
        records = default;
        problem = "the connection ended before the result was complete";
        byte[] head = new byte[4];
        if (!Fill(head))
        {
            return Answer.Broken;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > MaxMessage)
        {
            problem = "the answer is too large";
            return Answer.Broken;
        }

        byte[] body = new byte[length];
        return Fill(body) ? Read(body, out records, ref problem) : Answer.Broken;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private static Answer Read(byte[] body, out (byte[] Bytes, int Offset, int Count) records, ref string problem)
    {
        records = default;
        MsgPackReader r = new(body);
        ReadOnlySpan<byte> status = default;
        _ = r.TryReadMap(out int pairs);
        for (int i = 0; i < pairs && r.TryReadString(out ReadOnlySpan<byte> key); i++)
        {
            if (key.SequenceEqual("status"u8))
            {
                _ = r.TryReadString(out status);
            }
            else if (key.SequenceEqual("error"u8) && r.TryReadString(out ReadOnlySpan<byte> text))
            {
                problem = Encoding.UTF8.GetString(text);
            }
            else if (key.SequenceEqual("records"u8) && r.TryReadArray(out int count))
            {
                records = (body, r.Position, count);
                for (int n = 0; n < count; n++)
                {
                    _ = r.TrySkip();
                }
            }
            else
            {
                _ = r.TrySkip();
            }
        }

        if (!r.AtEnd)
        {
            problem = "the answer is malformed";
            return Answer.Broken;
        }

        return status.SequenceEqual("ok"u8) ? Answer.Records
            : status.SequenceEqual("end"u8) ? Answer.End
            : status.SequenceEqual("error"u8) ? Answer.Error : Answer.Broken;
    }

    private bool Fill(Span<byte> to)
    {
        while (!to.IsEmpty)
        {
            Result<int> got = socket.Receive(to);
            if (got.TryGet(out int n))
            {
                if (n == 0)
                {
                    return false;
                }

                to = to[n..];
            }
            else if (got.Error != Errno.EAGAIN || !Polling.Wait(socket.Fd, Polling.Readable, -1).Ok)
            {
                return false;
            }
        }

        return true;
    }
}
