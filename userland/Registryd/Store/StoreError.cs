// SPDX-License-Identifier: MIT
using Peios.Interop.Sqlite;

namespace Registryd.Store;

/// <summary>A failure of the database with words for people.</summary>
/// <param name="Code">SQLite's code; Ok means no failure.</param>
/// <param name="Message">What was being done and what went wrong.</param>
internal readonly record struct StoreError(SqliteCode Code, string Message)
{
    /// <summary>No failure.</summary>
    public static readonly StoreError None = new(SqliteCode.Ok, "");

    /// <summary>True when nothing failed.</summary>
    public bool Ok => Code == SqliteCode.Ok;

    /// <summary>True when the file itself is damaged: serving on would answer wrong data (LOREG-014).</summary>
    public bool Damaged => IsDamage(Code);

    /// <summary>True for the codes that mean a damaged file.</summary>
    public static bool IsDamage(SqliteCode code) => code is SqliteCode.Corrupt or SqliteCode.NotADatabase;

    /// <summary>Describes the last failure of a connection.</summary>
    public static StoreError Of(SqliteCode code, SqliteDatabase? db, string what) =>
        new(code, db is null ? $"{what}: {code}" : $"{what}: {db.ErrorMessage} ({code})");
}
