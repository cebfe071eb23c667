// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text;

namespace Eventd.Query;

/// <summary>A parsed query: what to read, as SQL conditions with parameters, and what to do with the rows.</summary>
internal sealed class QueryPlan
{
    private readonly StringBuilder _where = new();

    internal QueryPlan(bool logs) => Logs = logs;

    /// <summary>LOGS; otherwise EVENTS.</summary>
    internal bool Logs { get; }

    /// <summary>Columns of the table.</summary>
    internal QueryField[] Fields => Logs ? QueryField.Logs : QueryField.Events;

    /// <summary>Type pattern, or null.</summary>
    internal string? Glob { get; set; }

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

    /// <summary>Parameters of the conditions: long, string or byte[].</summary>
    internal List<object> Parameters { get; } = [];

    /// <summary>Conditions joined by AND; empty for none.</summary>
    internal string Where => _where.ToString();

    /// <summary>Adds a condition (EVT-156).</summary>
    internal void And(string sql) => _where.Append(_where.Length == 0 ? "(" : " AND (").Append(sql).Append(')');

    /// <summary>Adds a parameter; returns its place.</summary>
    internal string Parameter(object value)
    {
        Parameters.Add(value);
        return $"?{Parameters.Count}";
    }

    /// <summary>SQL of the first result.</summary>
    internal string Sql(string? extra)
    {
        StringBuilder sql = Columns();
        Conditions(sql, extra);
        sql.Append(" ORDER BY ");
        foreach ((int column, bool descending) in Sort)
        {
            sql.Append(Fields[column].Name).Append(descending ? " DESC, " : ", ");
        }

        sql.Append(Sort.Count == 0 ? "timestamp DESC, id DESC" : "id");
        if (Take is long take)
        {
            sql.Append(" LIMIT ").Append(Skip > long.MaxValue - take ? long.MaxValue : Skip + take);
        }

        return sql.ToString();
    }

    /// <summary>SQL of what came later, in commit order (EVT-212).</summary>
    internal string StreamSql(string extra)
    {
        StringBuilder sql = Columns();
        Conditions(sql, extra);
        return sql.Append(" ORDER BY id").ToString();
    }

    private StringBuilder Columns()
    {
        StringBuilder sql = new("SELECT id");
        foreach (QueryField field in Fields)
        {
            sql.Append(',').Append(field.Name);
        }

        return sql.Append(Logs ? " FROM logs" : ",payload FROM events");
    }

    private void Conditions(StringBuilder sql, string? extra)
    {
        if (_where.Length > 0 || extra is not null)
        {
            sql.Append(" WHERE ").Append(_where).Append(_where.Length > 0 && extra is not null ? " AND " : string.Empty).Append(extra);
        }
    }
}
