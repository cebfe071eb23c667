// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Eventd.Indexing;
using Eventd.Store;
using Peios.Interop.Sqlite;

namespace Eventd.Query;

/// <summary>Rows of one database for one query, in order, one at a time.</summary>
internal sealed class RowCursor : IDisposable
{
    private readonly SqliteDatabase _db;
    private readonly bool _logs;
    private SqliteStatement? _rows;

    private RowCursor(SqliteDatabase db, string path, bool logs)
    {
        _db = db;
        _logs = logs;
        Path = path;
    }

    /// <summary>The file.</summary>
    internal string Path { get; }

    /// <summary>Last row ID that was there when the query began; streams go on behind it.</summary>
    internal long LastId { get; private set; }

    /// <summary>Ranges of row IDs that were looked at for a rare type; 0 when all were.</summary>
    internal int Ranges { get; private set; }

    /// <summary>Event type or log origin of the current row.</summary>
    internal ReadOnlySpan<byte> Identifier => _rows!.ColumnText(_logs ? 2 : 5);

    /// <summary>Payload of the current row; empty for none and for logs.</summary>
    internal ReadOnlySpan<byte> Payload => _logs ? default : _rows!.ColumnBlob(QueryField.Events.Length + 1);

    /// <summary>The current row; columns as <see cref="QueryPlan.Sql"/> selects them: id, fields, payload.</summary>
    internal SqliteStatement Row => _rows!;

    /// <summary>Opens a database for reading; false when it has no such table (EVT-054) or cannot be opened.</summary>
    internal static bool TryOpen(string path, bool logs, long deadline, [NotNullWhen(true)] out RowCursor? cursor)
    {
        cursor = null;
        if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadOnly, out SqliteDatabase? db, out _))
        {
            return false;
        }

        _ = db.SetBusyTimeout(1000);
        _ = db.Execute("PRAGMA cache_size=-1024; PRAGMA automatic_index=OFF"u8); // an index for one query costs what it saves
        db.SetDeadline(deadline);
        if (!StoreFile.Has(db, logs ? "logs" : "events"))
        {
            db.Dispose();
            return false;
        }

        cursor = new RowCursor(db, path, logs);
        return true;
    }

    /// <summary>Runs the query: what is there now, or for a stream what came since the last run.</summary>
    /// <param name="plan">The query.</param>
    /// <param name="later">What came later.</param>
    /// <param name="limit">SQLite may stop after SKIP and TAKE.</param>
    internal SqliteCode Begin(QueryPlan plan, bool later, bool limit)
    {
        Close();
        long from = LastId;
        string? extra = null;
        if (plan.Stream)
        {
            SqliteCode code = ReadLastId(plan.Logs);
            if (code != SqliteCode.Ok)
            {
                return code;
            }

            extra = later ? $"id > {from} AND id <= {LastId}" : $"id <= {LastId}";
        }

        bool ranges = !later && plan.Type is string type && plan.Sort.Count == 0 && !plan.Bounded && !HasIndexFor(plan) && UseRanges(type);
        string sql = later ? plan.StreamSql(extra!) : plan.Sql(extra, limit, plan.Scans && !HasIndexFor(plan), ranges);
        if (!_db.TryPrepare(Encoding.UTF8.GetBytes(sql), out _rows, out SqliteCode prepared))
        {
            return prepared;
        }

        for (int i = 0; i < plan.Parameters.Count; i++)
        {
            _ = plan.Parameters[i] switch
            {
                long number => _rows.Bind(i + 1, number),
                byte[] bytes => _rows.BindBlob(i + 1, bytes),
                object text => _rows.BindText(i + 1, Encoding.UTF8.GetBytes((string)text)),
            };
        }

        return SqliteCode.Ok;
    }

    /// <summary>Moves to the next row: Row, Done or a failure.</summary>
    internal SqliteCode Next() => _rows!.Step();

    /// <summary>Sets the time at which statements of this cursor give up.</summary>
    internal void SetDeadline(long tick) => _db.SetDeadline(tick);

    /// <summary>Does this row come before <paramref name="other"/> in the plan's order?</summary>
    internal bool Before(RowCursor other, QueryPlan plan)
    {
        foreach ((int column, bool descending) in plan.Sort)
        {
            int order = Compare(Row, other.Row, column + 1);
            if (order != 0)
            {
                return descending ? order > 0 : order < 0;
            }
        }

        return plan.Sort.Count == 0 && Compare(Row, other.Row, 1) > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _db.Dispose();
    }

    private static int Compare(SqliteStatement a, SqliteStatement b, int column)
    {
        SqliteColumnType left = a.ColumnType(column);
        SqliteColumnType right = b.ColumnType(column);
        if (left == SqliteColumnType.Integer && right == SqliteColumnType.Integer)
        {
            return a.ColumnInt64(column).CompareTo(b.ColumnInt64(column));
        }

        // SQLite's own order of kinds: NULL, numbers, text, blobs.
        int kinds = Rank(left).CompareTo(Rank(right));
        return kinds != 0 ? kinds : a.ColumnBlob(column).SequenceCompareTo(b.ColumnBlob(column));
    }

    private static int Rank(SqliteColumnType type) => type switch
    {
        SqliteColumnType.Null => 0,
        SqliteColumnType.Integer or SqliteColumnType.Float => 1,
        SqliteColumnType.Text => 2,
        _ => 3,
    };

    /// <summary>Does an adaptive index help with one of the conditions?</summary>
    private bool HasIndexFor(QueryPlan plan)
    {
        foreach (string column in plan.Tested)
        {
            if (StoreFile.Has(_db, IndexKeeper.Name(column)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Fills <c>temp.ranges</c> with where the type may be; false when that helps little.</summary>
    private bool UseRanges(string type)
    {
        List<(long First, long Last)>? ranges = TypeBlocks.Find(_db, Encoding.UTF8.GetBytes(type));
        if (ranges is null
            || _db.Execute("PRAGMA temp_store=MEMORY; CREATE TEMP TABLE IF NOT EXISTS ranges(a, b); DELETE FROM temp.ranges"u8) != SqliteCode.Ok
            || !_db.TryPrepare("INSERT INTO temp.ranges VALUES(?,?)"u8, out SqliteStatement? insert, out _))
        {
            return false;
        }

        using (insert)
        {
            foreach ((long first, long last) in ranges)
            {
                _ = insert.Bind(1, first);
                _ = insert.Bind(2, last);
                if (insert.Run() != SqliteCode.Ok)
                {
                    return false;
                }
            }
        }

        Ranges = ranges.Count;
        return true;
    }

    private SqliteCode ReadLastId(bool logs)
    {
        if (!_db.TryPrepare(logs ? "SELECT max(id) FROM logs"u8 : "SELECT max(id) FROM events"u8, out SqliteStatement? select, out SqliteCode code))
        {
            return code;
        }

        using (select)
        {
            code = select.Step();
            if (code == SqliteCode.Row)
            {
                LastId = Math.Max(LastId, select.ColumnInt64(0));
            }

            return code == SqliteCode.Row ? SqliteCode.Ok : code;
        }
    }

    private void Close()
    {
        _rows?.Dispose();
        _rows = null;
    }
}
