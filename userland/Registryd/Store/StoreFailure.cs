// SPDX-License-Identifier: MIT
using System;
using Peios.Interop.Sqlite;

namespace Registryd.Store;

/// <summary>SQLite failed inside a mutation; ends it there, before anything more is written. Never leaves <see cref="HiveWriter"/>.</summary>
internal sealed class StoreFailure : Exception
{
    /// <summary>Carries the code.</summary>
    public StoreFailure(SqliteCode code) => Code = code;

    /// <summary>SQLite's code.</summary>
    public SqliteCode Code { get; }
}
