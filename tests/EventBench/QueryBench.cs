// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Diagnostics;
using Peios.Events;
using Peios.Interop;
using Peios.Ipc;

namespace EventBench;

/// <summary>Time from connecting to the end of the answer.</summary>
internal static class QueryBench
{
    /// <summary>Best of some runs, in milliseconds, and the records of the last.</summary>
    internal static (double Milliseconds, int Records) Best(string path, string query, int runs)
    {
        double best = double.MaxValue;
        int records = 0;
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            records = Once(path, query);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (best, records);
    }

    private static int Once(string path, string query)
    {
        UnixSocket.Connect(path).TryGet(out UnixSocket? socket);
        using (socket)
        {
            byte[] request = new byte[query.Length + 64];
            MsgPackWriter w = new(request.AsSpan(4));
            w.Map(1);
            w.String("query"u8);
            w.String(query);
            BinaryPrimitives.WriteInt32LittleEndian(request, w.Length);
            _ = socket!.Send(request.AsSpan(0, 4 + w.Length));
            int records = 0;
            byte[] head = new byte[4];
            while (Fill(socket, head))
            {
                byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
                _ = Fill(socket, body);
                records += Count(body);
            }

            return records;
        }
    }

    private static int Count(byte[] body)
    {
        MsgPackReader r = new(body);
        _ = r.TryReadMap(out _);
        _ = r.TrySkip();
        _ = r.TryReadString(out ReadOnlySpan<byte> status);
        if (status.SequenceEqual("error"u8))
        {
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(body));
        }

        return status.SequenceEqual("ok"u8) && r.TrySkip() && r.TryReadArray(out int count) ? count : 0;
    }

    private static bool Fill(UnixSocket socket, Span<byte> to)
    {
        while (!to.IsEmpty)
        {
            _ = Polling.Wait(socket.Fd, Polling.Readable, -1);
            if (!socket.Receive(to).TryGet(out int n) || n == 0)
            {
                return false;
            }

            to = to[n..];
        }

        return true;
    }
}
