// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;

namespace Eventd.Query;

/// <summary>One client, one query (EVT-221), on a thread of its own.</summary>
internal sealed class QueryConnection(QueryServer server, UnixSocket socket) : IDisposable
{
    /// <summary>How long a client may take to send its request, or to take a part of the answer.</summary>
    private const int ClientMs = 10000;

    private readonly List<RowCursor> _cursors = [];

    /// <summary>Serves the client.</summary>
    internal void Run()
    {
        string? text = ReadRequest(out string problem);
        QueryPlan? plan = text is null ? null : QueryParser.Parse(text, (long)Clock.Realtime, out problem);
        if (plan is null)
        {
            Fail(problem);
            return;
        }

        Errno access = server.Access.Check(socket.Fd, plan.Logs);
        if (!access.Ok)
        {
            Fail(access == Errno.EACCES ? "access denied" : $"access denied: the check failed: {access}");
            return;
        }

        if (plan.Stream && !server.TryEnterStream())
        {
            Fail("too many streaming queries");
            return;
        }

        try
        {
            Execute(plan);
        }
        finally
        {
            if (plan.Stream)
            {
                server.LeaveStream();
            }
        }
    }

    /// <summary>Sends an error and nothing more.</summary>
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
        _ = Send(message.AsSpan(0, 4 + w.Length), mayWait: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RowCursor cursor in _cursors)
        {
            cursor.Dispose();
        }

        socket.Dispose();
    }

    private string? ReadRequest(out string problem)
    {
        Span<byte> head = stackalloc byte[4];
        problem = "the request is incomplete";
        if (!ReadFully(head))
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > (uint)server.Settings.MaxQueryMessageBytes)
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
        MsgPackReader whole = new(body);
        MsgPackReader map = new(body);
        if (!whole.TrySkip() || !whole.AtEnd || !map.TryReadMap(out int pairs))
        {
            return null;
        }

        string? query = null;
        for (int i = 0; i < pairs; i++)
        {
            if (map.NextType == MsgPackType.String && map.TryReadString(out ReadOnlySpan<byte> key) && key.SequenceEqual("query"u8))
            {
                query = map.TryReadString(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;
            }
            else
            {
                _ = map.TrySkip();
            }
        }

        return map.Ok ? query : null;
    }

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

    private void Execute(QueryPlan plan)
    {
        ulong seen = server.Commits(plan.Logs).Count;
        long deadline = Environment.TickCount64 + server.Settings.QueryTimeoutMs;
        foreach (string path in plan.Logs ? [server.Settings.LogStorePath] : EventStore.Files(server.Settings.EventStorePath))
        {
            if (RowCursor.TryOpen(path, plan.Logs, deadline, out RowCursor? cursor))
            {
                _cursors.Add(cursor);
            }
        }

        RecordEncoder encoder = new(plan);
        if (!First(plan, encoder) || !Flush(encoder, mayWait: true))
        {
            return;
        }

        if (plan.Stream)
        {
            Follow(plan, encoder, seen);
            return;
        }

        byte[] end = new byte[16];
        MsgPackWriter w = new(end.AsSpan(4));
        w.Map(1);
        w.String("status"u8);
        w.String("end"u8);
        BinaryPrimitives.WriteInt32LittleEndian(end, w.Length);
        _ = Send(end.AsSpan(0, 4 + w.Length), mayWait: true);
    }

    /// <summary>The rows that are there: merged over all databases, then SKIP and TAKE once (EVT-201).</summary>
    private bool First(QueryPlan plan, RecordEncoder encoder)
    {
        List<RowCursor> ready = [];
        foreach (RowCursor cursor in _cursors)
        {
            SqliteCode code = cursor.Begin(plan, later: false);
            code = code == SqliteCode.Ok ? cursor.Next() : code;
            if (!Keep(ready, cursor, code))
            {
                return false;
            }
        }

        long position = 0;
        long end = plan.Take is long take ? Math.Min(plan.Skip, long.MaxValue - take) + take : long.MaxValue;
        while (ready.Count > 0 && position < end)
        {
            RowCursor first = ready[0];
            for (int i = 1; i < ready.Count; i++)
            {
                first = ready[i].Before(first, plan) ? ready[i] : first;
            }

            if (position++ >= plan.Skip)
            {
                encoder.Add(first.Row);
                if (encoder.Full && !Flush(encoder, mayWait: true))
                {
                    return false;
                }
            }

            SqliteCode code = first.Next();
            if (code != SqliteCode.Row)
            {
                _ = ready.Remove(first);
                if (!Keep(ready, null, code, first))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>A cursor with a row joins; a finished one does not; a failure ends the query.</summary>
    private bool Keep(List<RowCursor> ready, RowCursor? cursor, SqliteCode code, RowCursor? failed = null)
    {
        switch (code)
        {
            case SqliteCode.Row:
                ready.Add(cursor!);
                return true;
            case SqliteCode.Done:
                return true;
            case SqliteCode.Corrupt or SqliteCode.NotADatabase or SqliteCode.IoError:
                // The rest of the store stays readable (EVT-266).
                Report.Error($"query: {(cursor ?? failed)!.Path}: {code}");
                return true;
            case SqliteCode.Interrupt:
                Fail("the query took too long");
                return false;
            default:
                Fail($"the query failed: {code}");
                return false;
        }
    }

    /// <summary>Rows of later commits, until the client leaves or does not keep up (EVT-207, EVT-211).</summary>
    private void Follow(QueryPlan plan, RecordEncoder encoder, ulong seen)
    {
        CommitSignal commits = server.Commits(plan.Logs);
        while (!server.Stopping)
        {
            foreach (RowCursor cursor in _cursors)
            {
                cursor.SetDeadline(Environment.TickCount64 + server.Settings.QueryTimeoutMs);
                SqliteCode code = cursor.Begin(plan, later: true);
                while (code is SqliteCode.Ok or SqliteCode.Row && (code = cursor.Next()) == SqliteCode.Row)
                {
                    encoder.Add(cursor.Row);
                    if (encoder.Full && !Flush(encoder, mayWait: false))
                    {
                        return;
                    }
                }

                if (code is not (SqliteCode.Done or SqliteCode.Busy))
                {
                    Fail($"the stream failed: {code}");
                    return;
                }
            }

            if (!Flush(encoder, mayWait: false))
            {
                return;
            }

            seen = commits.Wait(seen, 500);
            if (Gone())
            {
                return;
            }
        }

        Fail("eventd is stopping"); // EVT-254 step 1
    }

    private bool Flush(RecordEncoder encoder, bool mayWait) => encoder.Count == 0 || Send(encoder.TakeMessage(), mayWait);

    private bool Send(ReadOnlySpan<byte> data, bool mayWait)
    {
        long deadline = Environment.TickCount64 + ClientMs;
        while (!data.IsEmpty)
        {
            Result<int> n = socket.Send(data);
            if (n.TryGet(out int count))
            {
                data = data[count..];
            }
            else if (n.Error != Errno.EAGAIN || !mayWait || !WaitFor(Polling.Writable, deadline))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Did the client close its end? Whatever else it sends is not part of the protocol.</summary>
    private bool Gone()
    {
        Span<byte> one = stackalloc byte[1];
        Result<int> n = socket.Receive(one);
        return n.Error != Errno.EAGAIN;
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

            Result<short> ready = Polling.Wait(socket.Fd, events, (int)Math.Min(left, 500));
            if (!ready.TryGet(out short bits, out Errno error))
            {
                if (error != Errno.EINTR)
                {
                    return false;
                }
            }
            else if (bits != 0)
            {
                return true;
            }
        }

        return false;
    }
}
