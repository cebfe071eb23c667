// SPDX-License-Identifier: MIT
using System;

namespace Eventd.Query;

/// <summary>A column that queries name (EVT-158, EVT-159).</summary>
/// <param name="Name">Its name, in queries, records and the table.</param>
/// <param name="Kind">What its values are.</param>
internal sealed record QueryField(string Name, QueryFieldKind Kind)
{
    /// <summary>Columns of events, in record order.</summary>
    internal static readonly QueryField[] Events =
    [
        new("timestamp", QueryFieldKind.Time),
        new("cpu_id", QueryFieldKind.Integer),
        new("sequence", QueryFieldKind.Integer),
        new("origin_class", QueryFieldKind.Origin),
        new("event_type", QueryFieldKind.Text),
        new("effective_token_guid", QueryFieldKind.Guid),
        new("true_token_guid", QueryFieldKind.Guid),
        new("process_guid", QueryFieldKind.Guid),
        new("boot_id", QueryFieldKind.Guid),
    ];

    /// <summary>Columns of logs, in record order.</summary>
    internal static readonly QueryField[] Logs =
    [
        new("timestamp", QueryFieldKind.Time),
        new("origin", QueryFieldKind.Text),
        new("is_error", QueryFieldKind.Boolean),
        new("message", QueryFieldKind.Text),
        new("boot_id", QueryFieldKind.Guid),
    ];

    /// <summary>The column of that name, or null.</summary>
    internal static QueryField? Find(QueryField[] fields, string name)
    {
        foreach (QueryField field in fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field;
            }
        }

        return null;
    }
}
