// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Eventd.Store;
using Peios.Interop.Sqlite;

namespace Eventd.Indexing;

/// <summary>
/// The secondary indexes of one shard: makes and drops them one at a time, on the writer's thread and connection
/// (EVT-064). They hold the timestamp too, so that "the last hundred of a type" is a walk over a hundred entries.
/// </summary>
internal sealed class IndexKeeper
{
    private readonly SqliteDatabase _db;
    private readonly List<string> _columns = [];
    private volatile bool _building;

    /// <summary>Finds out what the shard has (EVT-076).</summary>
    internal IndexKeeper(SqliteDatabase db)
    {
        _db = db;
        foreach (string column in DesiredIndexes.Candidates)
        {
            if (StoreFile.Has(db, Name(column)))
            {
                _columns.Add(column);
            }
        }
    }

    /// <summary>Columns that have an index now.</summary>
    internal IReadOnlyList<string> Columns => _columns;

    /// <summary>Is an index being built?</summary>
    internal bool Building => _building;

    /// <summary>Name of a column's index (EVT-063).</summary>
    internal static string Name(string column) => $"idx_events_{column}";

    /// <summary>Is there anything to make or to drop?</summary>
    internal bool Differs(string[] desired)
    {
        if (_columns.Count != desired.Length)
        {
            return true;
        }

        foreach (string column in desired)
        {
            if (!_columns.Contains(column))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes or drops one index. Interrupt: <see cref="Cancel"/> came, nothing has changed.</summary>
    internal SqliteCode Step(string[] desired)
    {
        foreach (string column in _columns)
        {
            if (Array.IndexOf(desired, column) < 0)
            {
                return Drop(column);
            }
        }

        foreach (string column in desired)
        {
            if (!_columns.Contains(column))
            {
                return Create(column);
            }
        }

        return SqliteCode.Ok;
    }

    /// <summary>Writing has become urgent: the build is given up and rolled back (EVT-065). From any thread.</summary>
    internal void Cancel()
    {
        if (_building)
        {
            _db.Cancel();
        }
    }

    /// <summary>Drops the index of the lowest priority (EVT-067); false when there is none.</summary>
    internal bool DropLowest(string[] desired)
    {
        string? lowest = null;
        int rank = -1;
        foreach (string column in _columns)
        {
            int at = Array.IndexOf(desired, column);
            at = at < 0 ? int.MaxValue : at;
            if (at > rank)
            {
                rank = at;
                lowest = column;
            }
        }

        return lowest is not null && Drop(lowest) == SqliteCode.Ok;
    }

    /// <summary>Drops all of them at once (EVT-068). The index on the timestamp is not among them (EVT-069).</summary>
    internal void DropAll()
    {
        foreach (string column in _columns.ToArray())
        {
            _ = Drop(column);
        }
    }

    private SqliteCode Create(string column)
    {
        string collation = column == "event_type" ? " COLLATE NOCASE" : string.Empty; // as queries compare (EVT-155)
        _db.BeginCancellable();
        _building = true;
        SqliteCode code = _db.Execute(Encoding.ASCII.GetBytes(
            $"CREATE INDEX IF NOT EXISTS {Name(column)} ON events({column}{collation}, timestamp)"));
        _building = false;
        _db.EndCancellable();
        if (code == SqliteCode.Ok)
        {
            _columns.Add(column);
        }

        return code;
    }

    private SqliteCode Drop(string column)
    {
        SqliteCode code = _db.Execute(Encoding.ASCII.GetBytes($"DROP INDEX IF EXISTS {Name(column)}"));
        if (code == SqliteCode.Ok)
        {
            _ = _columns.Remove(column);
        }

        return code;
    }
}
