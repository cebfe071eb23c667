// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text;
using Eventd.Access;

namespace Eventd.Query;

/// <summary>A parsed query: what to read, as SQL conditions with parameters, and what to do with the rows.</summary>
internal sealed class QueryPlan
{
    private readonly StringBuilder _where = new();

    internal QueryPlan(bool logs) => Logs = logs;

    /// <summary>LOGS; otherwise EVENTS.</summary>
    internal bool Logs { get; }

    /// <summary>Which descriptors guard the records.</summary>
    internal DataKind Kind => Logs ? DataKind.Logs : DataKind.Events;

    /// <summary>Columns of the table.</summary>
    internal QueryField[] Fields => Logs ? QueryField.Logs : QueryField.Events;

    /// <summary>EVENTS INDEX: the column to index; otherwise null.</summary>
    internal string? Index { get; set; }

    /// <summary>Type pattern, or null.</summary>
    internal string? Glob { get; set; }

    /// <summary>The one type that is asked for, or null.</summary>
    internal string? Type => Glob is not null && !Glob.Contains('*') ? Glob : null;

    /// <summary>Keep sending what is committed later (EVT-207).</summary>
    internal bool Stream { get; set; }

    /// <summary>Rows at most.</summary>
    internal long? Take { get; set; }

    /// <summary>Rows to leave out at the start.</summary>
    internal long Skip { get; set; }

    /// <summary>Sort columns; empty means newest first (EVT-163).</summary>
    internal List<(int Column, bool Descending)> Sort { get; } = [];

    /// <summary>Fields to show; empty means all (EVT-162).</summary>
    internal HashSet<string> Select { get; } = [];

    /// <summary>Fields whose values the result tells about, shown or not: conditions and sorting.</summary>
    internal HashSet<string> Used { get; } = [];

    /// <summary>Columns in WHERE predicates, each once: what indexes are decided by (EVT-058).</summary>
    internal HashSet<string> Tested { get; } = [];

    /// <summary>Is there a bound on the time? The index on the timestamp then helps anyway.</summary>
    internal bool Bounded { get; set; }

    /// <summary>Parameters of the conditions: long, string or byte[].</summary>
    internal List<object> Parameters { get; } = [];

    /// <summary>Conditions joined by AND; empty for none.</summary>
    internal string Where => _where.ToString();

    /// <summary>
    /// Reads the whole table? Without TAKE and time bounds, and with conditions that no index answers, a walk in the order
    /// of the rows is faster than one in the order of time; only what matches is sorted.
    /// </summary>
    internal bool Scans => !Logs && Take is null && !Bounded && Sort.Count == 0 && _where.Length > 0;

    /// <summary>Adds a condition (EVT-156).</summary>
    internal void And(string sql) => _where.Append(_where.Length == 0 ? "(" : " AND (").Append(sql).Append(')');

    /// <summary>Adds a parameter; returns its place.</summary>
    internal string Parameter(object value)
    {
        Parameters.Add(value);
        return $"?{Parameters.Count}";
    }

    /// <summary>SQL of the first result.</summary>
    /// <param name="extra">A further condition, or null.</param>
    /// <param name="limit">Stop after SKIP and TAKE: only if every row is shown, or none.</param>
    /// <param name="scan">Walk the table instead of an index.</param>
    /// <param name="ranges">Look only at the row IDs in the table <c>temp.ranges</c>.</param>
    internal string Sql(string? extra, bool limit, bool scan, bool ranges = false)
    {
        if (ranges)
        {
            StringBuilder inner = new("(SELECT events.id AS k FROM temp.ranges CROSS JOIN events ON events.id BETWEEN ranges.a AND ranges.b");
            Conditions(inner, extra);
            inner.Append(" ORDER BY timestamp DESC, id DESC LIMIT ").Append(limit && Take is long most ? Count(most) : -1);
            return Columns(inner.Append(") CROSS JOIN events ON events.id = k").ToString()).ToString();
        }

        if (scan)
        {
            // LIMIT -1 keeps the inner order; CROSS JOIN keeps the loops as they stand.
            StringBuilder inner = new("(SELECT id AS k FROM events NOT INDEXED");
            Conditions(inner, extra);
            inner.Append(" ORDER BY timestamp DESC, id DESC LIMIT -1) CROSS JOIN events ON events.id = k");
            return Columns(inner.ToString()).ToString();
        }

        StringBuilder sql = Columns(Logs ? "logs" : "events");
        Conditions(sql, extra);
        sql.Append(" ORDER BY ");
        foreach ((int column, bool descending) in Sort)
        {
            sql.Append(Fields[column].Name).Append(descending ? " DESC, " : ", ");
        }

        sql.Append(Sort.Count == 0 ? "timestamp DESC, id DESC" : "id");
        if (limit && Take is long take)
        {
            sql.Append(" LIMIT ").Append(Count(take));
        }

        return sql.ToString();
    }

    private long Count(long take) => Skip > long.MaxValue - take ? long.MaxValue : Skip + take;

    /// <summary>SQL of what came later, in commit order (EVT-212).</summary>
    internal string StreamSql(string extra)
    {
        StringBuilder sql = Columns(Logs ? "logs" : "events");
        Conditions(sql, extra);
        return sql.Append(" ORDER BY id").ToString();
    }

    private StringBuilder Columns(string from)
    {
        StringBuilder sql = new("SELECT id");
        foreach (QueryField field in Fields)
        {
            sql.Append(',').Append(field.Name);
        }

        return sql.Append(Logs ? " FROM " : ",payload FROM ").Append(from);
    }

    private void Conditions(StringBuilder sql, string? extra)
    {
        if (_where.Length > 0 || extra is not null)
        {
            sql.Append(" WHERE ").Append(_where).Append(_where.Length > 0 && extra is not null ? " AND " : string.Empty).Append(extra);
        }
    }
}
