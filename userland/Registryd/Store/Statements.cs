// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop.Sqlite;

namespace Registryd.Store;

/// <summary>Prepares the statements of one connection and remembers the first failure.</summary>
internal sealed class Statements : IDisposable
{
    private readonly SqliteDatabase _db;
    private readonly List<SqliteStatement> _all = [];

    /// <summary>Prepares on a connection, which stays the caller's.</summary>
    public Statements(SqliteDatabase db) => _db = db;

    /// <summary>The first failure.</summary>
    public StoreError Error { get; private set; } = StoreError.None;

    /// <summary>Compiles one statement; after a failure the result must not be used.</summary>
    public SqliteStatement Prepare(ReadOnlySpan<byte> sql)
    {
        if (_db.TryPrepare(sql, out SqliteStatement? statement, out SqliteCode code))
        {
            _all.Add(statement);
            return statement;
        }

        if (Error.Ok)
        {
            Error = StoreError.Of(code, _db, "cannot prepare a statement");
        }

        return null!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteStatement statement in _all)
        {
            statement.Dispose();
        }
    }
}
