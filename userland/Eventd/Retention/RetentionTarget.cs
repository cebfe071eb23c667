// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Eventd.Retention;

/// <summary>A database with one table that has a timestamp.</summary>
/// <param name="Path">File.</param>
/// <param name="Table">events or logs.</param>
/// <param name="Gate">The writer's lock between transactions.</param>
/// <param name="Busy">Does the writer have work?</param>
internal sealed record RetentionTarget(string Path, string Table, object Gate, Func<bool> Busy)
{
    /// <summary>Deletes some rows before a time, oldest first.</summary>
    internal byte[] Delete { get; } = Encoding.UTF8.GetBytes(
        $"DELETE FROM {Table} WHERE id IN (SELECT id FROM {Table} WHERE timestamp < ? ORDER BY timestamp LIMIT ?)");

    /// <summary>Time of the oldest row.</summary>
    internal byte[] Oldest { get; } = Encoding.UTF8.GetBytes($"SELECT min(timestamp) FROM {Table}");
}
