// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Eventd.Access;
using Eventd.Ingest;
using Eventd.Store;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Interop.Sqlite;
using Peios.Ipc;

namespace Eventd.Query;

/// <summary>One client, one query (EVT-221), on a thread of its own.</summary>
internal sealed class QueryConnection(QueryServer server, UnixSocket socket, Result<IAccessSubject> peer) : IDisposable
{
    private readonly ClientChannel _client = new(server, socket);
    private readonly List<RowCursor> _cursors = [];
    private int _additions;

    /// <summary>Serves the client.</summary>
    internal void Run()
    {
        string? text = _client.ReadQuery(out string problem);
        QueryPlan? plan = text is null ? null : QueryParser.Parse(text, (long)Clock.Realtime, out problem);
        if (plan is null)
        {
            Fail(problem);
            return;
        }

        if (!peer.TryGet(out IAccessSubject? subject, out Errno error))
        {
            Fail($"access denied: no token: {error}"); // EVT-236
            return;
        }

        if (plan.Index is not null)
        {
            RequestIndex(plan.Index, subject);
            return;
        }

        RecordFilter filter = new(server.Context.Security, subject, plan.Kind);
        if (filter.Refuse(plan.Glob, plan.Used) is string refusal)
        {
            Fail(refusal);
            return;
        }

        Run(plan, filter);
    }

    /// <summary>What the connection is counted by; empty for a peer without a token.</summary>
    internal string User { get; } = peer.TryGet(out IAccessSubject? known) ? known.User : string.Empty;

    /// <summary>Sends an error and nothing more.</summary>
    internal void Fail(string problem) => _client.Fail(problem);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RowCursor cursor in _cursors)
        {
            cursor.Dispose();
        }

        if (peer.TryGet(out IAccessSubject? subject))
        {
            subject.Dispose();
        }

        _client.Dispose();
    }

    private void RequestIndex(string column, IAccessSubject subject)
    {
        bool[] allowed = new bool[1];
        Errno error = subject.Check(
            server.Context.Indexes.AdminDescriptor, $"events:index {column}",
            [new KacsObjectNode(0, FieldGuid.Root(DataKind.Events))], allowed);
        if (!error.Ok || !allowed[0])
        {
            Fail("access denied");
            return;
        }

        server.Context.Indexes.Request(column);
        _client.End();
    }

    private void Run(QueryPlan plan, RecordFilter filter)
    {
        if (!plan.Stream)
        {
            Open(plan);
            if (First(plan, filter, new RecordEncoder(plan)))
            {
                _client.End();
            }

            return;
        }

        if (!server.TryEnterStream(User))
        {
            Fail("too many streaming queries");
            return;
        }

        try
        {
            Stream(plan, filter);
        }
        finally
        {
            server.LeaveStream();
        }
    }

    private void Stream(QueryPlan plan, RecordFilter filter)
    {
        if (!WakeFd.Create().TryGet(out WakeFd? commits, out Errno error))
        {
            Fail($"the query failed: {error}");
            return;
        }

        CommitSignal signal = server.Context.Commits(plan.Logs);
        using (commits)
        {
            signal.Add(commits); // before the first result: a commit during it is not missed
            try
            {
                RecordEncoder encoder = new(plan);
                Open(plan);
                if (First(plan, filter, encoder))
                {
                    _client.Deadline = long.MaxValue;
                    Follow(plan, filter, encoder, commits);
                }
            }
            finally
            {
                signal.Remove(commits);
            }
        }
    }

    private void Open(QueryPlan plan)
    {
        if (!plan.Logs)
        {
            server.Context.Indexes.Count(plan.Tested);
        }

        // A client that takes its answer slowly must not hold the databases for longer either (EVT-205).
        _client.Deadline = Environment.TickCount64 + server.Context.Settings.Current.QueryTimeoutMs;
        OpenFiles(plan);
    }

    /// <summary>Opens the databases that are not open yet: all of them, or those that came while a stream runs.</summary>
    private void OpenFiles(QueryPlan plan)
    {
        Settings settings = server.Context.Settings.Current;
        _additions = server.Context.Commits(plan.Logs).Additions; // before the look: one that comes during it is found again
        foreach (string path in plan.Logs ? [settings.LogStorePath] : EventStore.Files(settings.EventStorePath))
        {
            if (!_cursors.Exists(open => open.Path == path)
                && RowCursor.TryOpen(path, plan.Logs, Environment.TickCount64 + settings.QueryTimeoutMs, out RowCursor? cursor))
            {
                _cursors.Add(cursor);
            }
        }
    }

    /// <summary>The rows that are there: merged over all databases, then SKIP and TAKE once (EVT-201).</summary>
    private bool First(QueryPlan plan, RecordFilter filter, RecordEncoder encoder)
    {
        bool limit = filter.Uniform(plan.Glob);
        List<RowCursor> ready = [];
        foreach (RowCursor cursor in _cursors)
        {
            SqliteCode code = cursor.Begin(plan, later: false, limit);
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

            RecordVerdict verdict = filter.Look(first.Identifier, first.Payload);
            if (verdict.Visible && position++ >= plan.Skip)
            {
                encoder.Add(first.Row, verdict);
                if (encoder.Full && !Flush(encoder, ClientChannel.ClientMs))
                {
                    return false;
                }
            }

            SqliteCode code = first.Next();
            if (code != SqliteCode.Row)
            {
                _ = ready.Remove(first);
                if (!Keep(ready, first, code))
                {
                    return false;
                }
            }
        }

        return Flush(encoder, ClientChannel.ClientMs);
    }

    /// <summary>A cursor with a row joins; a finished one does not; a failure ends the query.</summary>
    private bool Keep(List<RowCursor> ready, RowCursor cursor, SqliteCode code)
    {
        switch (code)
        {
            case SqliteCode.Row:
                ready.Add(cursor);
                return true;
            case SqliteCode.Done:
                return true;
            case SqliteCode.Corrupt or SqliteCode.NotADatabase or SqliteCode.IoError:
                // The rest of the store stays readable (EVT-266).
                Report.Error($"query: {cursor.Path}: {code}");
                return true;
            case SqliteCode.Interrupt:
                Fail("the query took too long"); // EVT-205
                return false;
            default:
                Fail($"the query failed: {code}");
                return false;
        }
    }

    /// <summary>Rows of later commits, until the client leaves or does not keep up (EVT-207, EVT-211).</summary>
    private void Follow(QueryPlan plan, RecordFilter filter, RecordEncoder encoder, WakeFd commits)
    {
        while (!server.Stopping)
        {
            commits.Clear();
            filter.Renew();
            if (server.Context.Commits(plan.Logs).Additions != _additions)
            {
                OpenFiles(plan);
            }

            foreach (RowCursor cursor in _cursors)
            {
                if (!Later(cursor, plan, filter, encoder))
                {
                    return;
                }
            }

            if (!Flush(encoder, ClientChannel.StreamMs))
            {
                Fail("the client does not keep up");
                return;
            }

            if (!Polling.WaitEither(_client.Fd, Polling.Readable, commits.Fd, -1).TryGet(out (short Client, short Commits) ready)
                ? _client.Gone()
                : ready.Client != 0 && _client.Gone())
            {
                return;
            }
        }

        Fail("eventd is stopping"); // EVT-254 step 1
    }

    /// <summary>What one database got since the last look.</summary>
    private bool Later(RowCursor cursor, QueryPlan plan, RecordFilter filter, RecordEncoder encoder)
    {
        cursor.SetDeadline(Environment.TickCount64 + server.Context.Settings.Current.QueryTimeoutMs);
        SqliteCode code = cursor.Begin(plan, later: true, limit: false);
        while (code is SqliteCode.Ok or SqliteCode.Row && (code = cursor.Next()) == SqliteCode.Row)
        {
            RecordVerdict verdict = filter.Look(cursor.Identifier, cursor.Payload);
            if (!verdict.Visible)
            {
                continue;
            }

            encoder.Add(cursor.Row, verdict);
            if (encoder.Full && !Flush(encoder, ClientChannel.StreamMs))
            {
                Fail("the client does not keep up");
                return false;
            }
        }

        if (code != SqliteCode.Done)
        {
            Fail($"the stream failed: {code}");
            return false;
        }

        return true;
    }

    private bool Flush(RecordEncoder encoder, int waitMs) => encoder.Count == 0 || _client.Send(encoder.TakeMessage(), waitMs);
}
