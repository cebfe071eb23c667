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
    /// <summary>Deletes some rows before a time, up to a row ID, oldest first. The plus keeps to the order of time.</summary>
    internal byte[] Delete { get; } = Encoding.UTF8.GetBytes(
        $"DELETE FROM {Table} WHERE id IN (SELECT id FROM {Table} WHERE timestamp < ? AND +id <= ? ORDER BY timestamp LIMIT ?)");

    /// <summary>Time of the oldest row up to a row ID.</summary>
    internal byte[] Oldest { get; } = Encoding.UTF8.GetBytes(
        $"SELECT timestamp FROM {Table} WHERE timestamp IS NOT NULL AND +id <= ? ORDER BY timestamp LIMIT 1");

    /// <summary>The newest row.</summary>
    internal byte[] Newest { get; } = Encoding.UTF8.GetBytes($"SELECT max(id) FROM {Table}");

    /// <summary>The first row from an ID on: its ID when it is of the given boot.</summary>
    internal byte[] OfBoot { get; } = Encoding.UTF8.GetBytes(
        $"SELECT CASE WHEN boot_id = ? THEN id END FROM {Table} WHERE id >= ? ORDER BY id LIMIT 1");
}
