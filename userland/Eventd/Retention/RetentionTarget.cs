// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Eventd.Retention;

/// <summary>A database with one table that has a timestamp.</summary>
/// <param name="Path">File.</param>
/// <param name="Table">events or logs.</param>
/// <param name="Written">Rows are still added. Its newest row then stays, whatever its age: SQLite would give its ID out again,
/// and streams, resume points and type summaries count on IDs that only grow.</param>
/// <param name="Gate">The writer's lock between transactions.</param>
/// <param name="Busy">Does the writer have work?</param>
internal sealed record RetentionTarget(string Path, string Table, bool Written, object Gate, Func<bool> Busy)
{
    /// <summary>Deletes some rows before a time, oldest first.</summary>
    internal byte[] Delete { get; } = Encoding.UTF8.GetBytes(
        $"DELETE FROM {Table} WHERE id IN (SELECT id FROM {Table} WHERE timestamp < ?{Spared(Table, Written)} ORDER BY timestamp LIMIT ?)");

    /// <summary>Time of the oldest row that may be deleted.</summary>
    internal byte[] Oldest { get; } = Encoding.UTF8.GetBytes(
        $"SELECT timestamp FROM {Table} WHERE timestamp IS NOT NULL{Spared(Table, Written)} ORDER BY timestamp LIMIT 1");

    private static string Spared(string table, bool written) => written ? $" AND +id < (SELECT max(id) FROM {table})" : string.Empty;
}
