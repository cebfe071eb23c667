// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>Table <c>logs</c> (EVT-107): its schema, and the prepared INSERT.</summary>
internal sealed class LogTable : IDisposable
{
    /// <summary>Tables and indexes that the store must have (EVT-109).</summary>
    internal static readonly string[] Required = ["logs", "idx_logs_timestamp", "idx_logs_origin", "metadata"];

    private readonly SqliteStatement _insert;

    private LogTable(SqliteStatement insert) => _insert = insert;

    /// <summary>Creation of table and indexes (EVT-108).</summary>
    internal static ReadOnlySpan<byte> Schema => """
        CREATE TABLE logs(
          id INTEGER PRIMARY KEY,
          boot_id BLOB NOT NULL,
          timestamp INTEGER NOT NULL,
          origin TEXT NOT NULL,
          is_error INTEGER NOT NULL,
          message TEXT NOT NULL);
        CREATE INDEX idx_logs_timestamp ON logs(timestamp);
        CREATE INDEX idx_logs_origin ON logs(origin);
        """u8;

    /// <summary>Prepares the insertion of rows of one boot.</summary>
    internal static bool TryOpen(SqliteDatabase db, ReadOnlySpan<byte> bootId, [NotNullWhen(true)] out LogTable? table)
    {
        table = null;
        if (!db.TryPrepare("INSERT INTO logs(timestamp,origin,is_error,message,boot_id) VALUES(?,?,?,?,?)"u8, out SqliteStatement? insert, out _))
        {
            return false;
        }

        _ = insert.BindBlob(5, bootId);
        table = new LogTable(insert);
        return true;
    }

    /// <summary>Inserts one record.</summary>
    internal SqliteCode Insert(long timestamp, ReadOnlySpan<byte> origin, bool isError, ReadOnlySpan<byte> message)
    {
        _ = _insert.Bind(1, timestamp);
        _ = _insert.BindText(2, origin);
        _ = _insert.Bind(3, isError ? 1 : 0);
        _ = _insert.BindText(4, message);
        return _insert.Run();
    }

    /// <inheritdoc/>
    public void Dispose() => _insert.Dispose();
}
