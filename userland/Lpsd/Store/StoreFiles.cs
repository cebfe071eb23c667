// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.IO;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Lpsd.Store;

/// <summary>
/// Opens the store or creates it, and never the second in place of the first (LPS-010 to LPS-013). A new database is
/// built beside its place and renamed into it, so that a crash in between leaves nothing that looks like a broken one.
/// </summary>
internal sealed class StoreFiles(string directory)
{
    private const int OwnerOnly = 0x180;

    private string DatabasePath => Path.Combine(directory, "lps.db");

    private string MarkerPath => Path.Combine(directory, ".initialized");

    /// <summary>Was the store created by this open?</summary>
    public bool Created { get; private set; }

    /// <summary>Takes the lock that one instance holds (LPS-005); null when another has it.</summary>
    public Fd? TryLock()
    {
        _ = Files.MakeDirectory(directory, 0x1C0);
        if (!Files.Open(Path.Combine(directory, "lock"), Files.ReadWrite | Files.Create | Files.NoFollow, OwnerOnly).TryGet(out Fd? fd))
        {
            return null;
        }

        if (Files.TryLock(fd).Ok)
        {
            return fd;
        }

        fd.Dispose();
        return null;
    }

    /// <summary>Opens and verifies, after creating it on the very first start. On failure the files are untouched.</summary>
    public bool TryOpen([NotNullWhen(true)] out LpsStore? store, out string problem)
    {
        store = null;
        bool marker = File.Exists(MarkerPath);
        bool exists = File.Exists(DatabasePath);
        if (marker && !exists)
        {
            problem = $"{DatabasePath} is missing although it was created once; restore lps.db.bak";
            return false;
        }

        if (!exists && !TryCreate(out problem))
        {
            return false;
        }

        if (!TryOpenExisting(SqliteOpenFlags.ReadWrite, out store, out problem))
        {
            return false;
        }

        Created = !exists;
        if (!marker && !Files.ReplaceDurably(MarkerPath, default, OwnerOnly).Ok)
        {
            problem = $"{MarkerPath} cannot be written";
        }

        if (problem.Length == 0 && !store.Execute(Schema.Wal))
        {
            problem = store.FailureText;
        }

        if (problem.Length > 0)
        {
            store.Dispose();
        }

        return problem.Length == 0;
    }

    /// <summary>Opens for <c>--check</c>: the same verification, nothing written.</summary>
    public bool TryCheck(out string problem)
    {
        bool ok = TryOpenExisting(SqliteOpenFlags.ReadWrite, out LpsStore? store, out problem);
        store?.Dispose();
        return ok;
    }

    /// <summary>Copies the store to <c>lps.db.bak</c> by way of a temporary file.</summary>
    public SqliteCode Backup(LpsStore store)
    {
        string target = DatabasePath + ".bak";
        string temporary = target + ".new";
        _ = Files.Unlink(temporary);
        Touch(temporary);
        if (!SqliteDatabase.TryOpen(temporary, SqliteOpenFlags.ReadWrite, out SqliteDatabase? copy, out SqliteCode code))
        {
            return code;
        }

        using (copy)
        {
            code = store.BackupTo(copy);
        }

        if (code == SqliteCode.Ok && !Files.Rename(temporary, target).Ok)
        {
            code = SqliteCode.IoError;
        }

        _ = Files.SyncDirectory(directory);
        return code;
    }

    private bool TryOpenExisting(SqliteOpenFlags flags, [NotNullWhen(true)] out LpsStore? store, out string problem)
    {
        store = null;
        if (!SqliteDatabase.TryOpen(DatabasePath, flags, out SqliteDatabase? database, out SqliteCode code))
        {
            problem = $"{DatabasePath} cannot be opened ({code})";
            return false;
        }

        LpsStore opened = new(database);
        problem = opened.Execute(Schema.Pragmas) ? StoreCheck.Problem(opened) : opened.FailureText;
        if (problem.Length > 0)
        {
            problem = $"{DatabasePath}: {problem}";
            opened.Dispose();
            return false;
        }

        store = opened;
        return true;
    }

    private bool TryCreate(out string problem)
    {
        string temporary = DatabasePath + ".new";
        _ = Files.Unlink(temporary);
        _ = Files.Unlink(temporary + "-journal");
        Touch(temporary);
        if (!SqliteDatabase.TryOpen(temporary, SqliteOpenFlags.ReadWrite, out SqliteDatabase? database, out SqliteCode code))
        {
            problem = $"{temporary} cannot be created ({code})";
            return false;
        }

        using (LpsStore store = new(database))
        {
            StoreSetup.Run(store, Clock.Realtime);
            problem = store.Ok ? "" : $"{temporary}: {store.FailureText}";
        }

        if (problem.Length > 0)
        {
            return false;
        }

        Errno error = Files.Rename(temporary, DatabasePath);
        error = error.Ok ? Files.SyncDirectory(directory) : error;
        problem = error.Ok ? "" : $"{DatabasePath} cannot be created: {error}";
        return error.Ok;
    }

    /// <summary>Creates the file for its owner alone; SQLite gives its own files beside it the same mode.</summary>
    private static void Touch(string path)
    {
        if (Files.Open(path, Files.ReadWrite | Files.Create | Files.NoFollow, OwnerOnly).TryGet(out Fd? fd))
        {
            fd.Dispose();
        }
    }
}
