// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>Opens a database for writing: creates what is missing, refuses what is foreign (EVT-051 to EVT-053).</summary>
internal static class StoreFile
{
    private const string SchemaVersion = "1";

    /// <summary>Opens or creates <paramref name="path"/>.</summary>
    /// <param name="path">Database file.</param>
    /// <param name="durable">Every commit survives power loss (events); otherwise only a crash (logs).</param>
    /// <param name="schema">Statements that create tables and indexes.</param>
    /// <param name="required">Names of the tables and indexes that must exist.</param>
    /// <param name="db">The connection.</param>
    /// <param name="problem">What is wrong.</param>
    internal static bool TryOpen(
        string path, bool durable, ReadOnlySpan<byte> schema, ReadOnlySpan<string> required,
        [NotNullWhen(true)] out SqliteDatabase? db, out string problem) =>
        TryOpen(path, durable, schema, required, out db, out problem, out _);

    /// <summary>As above.</summary>
    /// <param name="path">Database file.</param>
    /// <param name="durable">Every commit survives power loss (events); otherwise only a crash (logs).</param>
    /// <param name="schema">Statements that create tables and indexes.</param>
    /// <param name="required">Names of the tables and indexes that must exist.</param>
    /// <param name="db">The connection.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="unusable">What is in the file is at fault, not the disk, memory or another process.</param>
    internal static bool TryOpen(
        string path, bool durable, ReadOnlySpan<byte> schema, ReadOnlySpan<string> required,
        [NotNullWhen(true)] out SqliteDatabase? db, out string problem, out bool unusable)
    {
        unusable = false;
        MakePrivate(path);
        if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out db, out SqliteCode code))
        {
            problem = $"cannot open: {code}";
            return false;
        }

        problem = Prepare(db, durable, schema, required, out code);
        if (problem.Length == 0)
        {
            return true;
        }

        unusable = code is SqliteCode.Ok or SqliteCode.Error or SqliteCode.Corrupt or SqliteCode.NotADatabase;
        db.Dispose();
        db = null;
        return false;
    }

    /// <summary>Value of a metadata row, or null.</summary>
    internal static string? Metadata(SqliteDatabase db, string key)
    {
        if (!db.TryPrepare("SELECT value FROM metadata WHERE key = ?"u8, out SqliteStatement? select, out _))
        {
            return null;
        }

        using (select)
        {
            _ = select.BindText(1, Encoding.UTF8.GetBytes(key));
            return select.Step() == SqliteCode.Row ? Encoding.UTF8.GetString(select.ColumnText(0)) : null;
        }
    }

    /// <summary>Does the database have a table or index of that name?</summary>
    internal static bool Has(SqliteDatabase db, string name)
    {
        if (!db.TryPrepare("SELECT 1 FROM sqlite_schema WHERE name = ?"u8, out SqliteStatement? select, out _))
        {
            return false;
        }

        using (select)
        {
            _ = select.BindText(1, Encoding.UTF8.GetBytes(name));
            return select.Step() == SqliteCode.Row;
        }
    }

    /// <summary>May the database be written to: our version, and the table is there?</summary>
    internal static bool IsOurs(SqliteDatabase db, string table) =>
        Has(db, table) && Has(db, $"idx_{table}_timestamp") && Metadata(db, "schema_version") == SchemaVersion;

    /// <summary>A new file is its owner's alone from the start; SQLite gives its log the same mode.</summary>
    private static void MakePrivate(string path)
    {
        if (Files.Open(path, Files.ReadWrite | Files.Create | Files.Exclusive | Files.NoFollow, 0x180).TryGet(out Fd? made))
        {
            made.Dispose();
        }
    }

    private static string Prepare(SqliteDatabase db, bool durable, ReadOnlySpan<byte> schema, ReadOnlySpan<string> required, out SqliteCode code)
    {
        db.TrackWal();
        // A second writer can only be a leftover of ourselves that is about to end.
        _ = db.SetBusyTimeout(5000);
        code = db.Execute("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY"u8);
        if (code == SqliteCode.Ok)
        {
            code = db.Execute(durable ? "PRAGMA synchronous=FULL"u8 : "PRAGMA synchronous=NORMAL"u8);
        }

        if (code != SqliteCode.Ok)
        {
            return $"cannot be used: {code}: {db.ErrorMessage}";
        }

        if (!Has(db, "metadata"))
        {
            code = Create(db, schema);
            if (code != SqliteCode.Ok)
            {
                return $"cannot create tables: {code}: {db.ErrorMessage}";
            }
        }

        string? version = Metadata(db, "schema_version");
        if (version != SchemaVersion)
        {
            return $"schema version is {version ?? "missing"}, not {SchemaVersion}";
        }

        foreach (string name in required)
        {
            if (!Has(db, name))
            {
                return $"{name} is missing";
            }
        }

        return string.Empty;
    }

    /// <summary>All or nothing: a crash in between leaves an empty file, which is created again.</summary>
    private static SqliteCode Create(SqliteDatabase db, ReadOnlySpan<byte> schema)
    {
        string now = DateTimeOffset.FromUnixTimeMilliseconds((long)(Clock.Realtime / 1_000_000))
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        SqliteCode code = db.Execute("BEGIN IMMEDIATE"u8);
        code = code == SqliteCode.Ok ? db.Execute(schema) : code;
        code = code == SqliteCode.Ok ? db.Execute("CREATE TABLE metadata(key TEXT PRIMARY KEY, value TEXT NOT NULL)"u8) : code;
        code = code == SqliteCode.Ok
            ? db.Execute(Encoding.UTF8.GetBytes($"INSERT INTO metadata VALUES('schema_version','{SchemaVersion}'),('created_at','{now}')"))
            : code;
        code = code == SqliteCode.Ok ? db.Execute("COMMIT"u8) : code;
        if (code != SqliteCode.Ok && db.InTransaction)
        {
            _ = db.Execute("ROLLBACK"u8);
        }

        return code;
    }
}
