// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Registryd.Store;

/// <summary>One hive's database file: how connections to it are opened and what a start does to it (LOREG-005).</summary>
internal sealed class HiveFile
{
    /// <summary>How long a writer waits for another one (LOREG-033), milliseconds.</summary>
    public const int BusyTimeout = 25000;

    private readonly byte[] _attach;

    /// <summary>Describes a hive; nothing is opened yet.</summary>
    public HiveFile(HiveArgument argument)
    {
        Name = argument.Name;
        Path = argument.Path;
        // One URI per hive (LOREG-018); the hex spelling needs no escapes.
        string store = Convert.ToHexString(Encoding.UTF8.GetBytes(argument.Name));
        _attach = Encoding.UTF8.GetBytes($"ATTACH 'file:{store}_volatile?mode=memory&cache=shared' AS volatile");
    }

    /// <summary>Name as registered.</summary>
    public string Name { get; }

    /// <summary>Path of the database.</summary>
    public string Path { get; }

    /// <summary>Path of the automatic backup (LOREG-050).</summary>
    public string BackupPath => Path + ".bak";

    // A boot that ends in Recovery shows this line to somebody who has never seen the file before.
    private string WhatNow => File.Exists(BackupPath)
        ? "registryd --recover-from-backup puts its backup back"
        : $"there is no {BackupPath}; registryd --dangerously-clear-database starts with an empty hive";

    /// <summary>Opens a connection with the settings that every connection has.</summary>
    public StoreError Connect(out SqliteDatabase? db)
    {
        SqliteOpenFlags flags = SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create | SqliteOpenFlags.Uri;
        MakePrivate(Path);
        if (!SqliteDatabase.TryOpen(Path, flags, out db, out SqliteCode code))
        {
            return StoreError.Of(code, null, $"cannot open {Path}");
        }

        code = db.SetBusyTimeout(BusyTimeout);
        // read_uncommitted: readers of the shared in-memory store take no table locks that a writer would wait for
        // (LOREG-026). Files are read through WAL snapshots and do not care.
        code = First(code, db, "PRAGMA journal_mode=wal; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-512; PRAGMA read_uncommitted=ON; PRAGMA trusted_schema=OFF"u8);
        code = First(code, db, _attach);
        if (code == SqliteCode.Ok)
        {
            return StoreError.None;
        }

        StoreError error = StoreError.Of(code, db, $"cannot use {Path}");
        db.Dispose();
        db = null;
        return error;
    }

    /// <summary>
    /// Opens the write connection and makes the file fit to serve: checked, right schema, root key, nothing orphaned.
    /// The backup is taken after the check and before a migration (LOREG-050).
    /// </summary>
    public StoreError Prepare(out SqliteDatabase? db, out ulong maxSequence)
    {
        maxSequence = 0;
        bool existed = File.Exists(Path) && new FileInfo(Path).Length > 0;
        if (!existed && File.Exists(BackupPath))
        {
            // An empty hive made here would be served, and copied over the backup (LOREG-050).
            db = null;
            return new StoreError(
                SqliteCode.CantOpen,
                $"{Path} is missing or empty, but has a backup: --recover-from-backup puts it back, --dangerously-clear-database gives it up");
        }

        StoreError error = Connect(out db);
        if (error.Ok && existed)
        {
            error = Check(db!, Path);
        }

        if (error.Ok)
        {
            error = ApplySchema(db!);
        }

        if (error.Ok)
        {
            error = Do(db!, Schema.CreateVolatile, "cannot make the volatile store");
        }

        if (error.Ok)
        {
            error = RootKey.Ensure(db!, Name);
        }

        if (error.Ok)
        {
            error = Purge(db!);
        }

        if (error.Ok)
        {
            error = ReadMaxSequence(db!, out maxSequence);
        }

        if (!error.Ok)
        {
            db?.Dispose();
            db = null;
            // Several hives are opened in a row: whoever reads the message must know which one it is about.
            error = error.Message.Contains(Path, StringComparison.Ordinal) ? error : error with { Message = $"{Path}: {error.Message}" };
            error = error.Damaged ? error with { Message = $"{error.Message}; {WhatNow}" } : error;
        }

        return error;
    }

    /// <summary>Writes the automatic backup: beside the file, complete and durable before it takes the old one's place.</summary>
    public StoreError Backup()
    {
        string temporary = BackupPath + ".new";
        DeleteDatabase(temporary);
        StoreError error = Copy(Path, temporary);
        if (!error.Ok)
        {
            DeleteDatabase(temporary);
            return error;
        }

        Errno failed = Replace(temporary, BackupPath);
        return failed.Ok ? StoreError.None : new StoreError(SqliteCode.IoError, $"cannot write {BackupPath}: {failed}");
    }

    /// <summary>Copies a database through SQLite; the result is one file without a journal.</summary>
    public static StoreError Copy(string from, string to)
    {
        if (!SqliteDatabase.TryOpen(from, SqliteOpenFlags.ReadWrite, out SqliteDatabase? source, out SqliteCode code))
        {
            return StoreError.Of(code, null, $"cannot open {from}");
        }

        using (source)
        {
            MakePrivate(to);
            if (!SqliteDatabase.TryOpen(to, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? target, out code))
            {
                return StoreError.Of(code, null, $"cannot create {to}");
            }

            using (target)
            {
                code = source.BackupTo(target);
                return code == SqliteCode.Ok ? StoreError.None : StoreError.Of(code, target, $"cannot copy {from}");
            }
        }
    }

    /// <summary>Puts a finished file in another's place, durably.</summary>
    public static Errno Replace(string from, string to)
    {
        if (!Files.Open(from, Files.ReadOnly).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        using (fd)
        {
            error = Files.Sync(fd);
        }

        if (error.Ok)
        {
            error = Files.Rename(from, to);
        }

        return error.Ok ? Files.SyncDirectory(System.IO.Path.GetDirectoryName(to) ?? "/") : error;
    }

    /// <summary>Removes a database and what belongs to it.</summary>
    public static void DeleteDatabase(string path)
    {
        DeleteSideFiles(path);
        _ = Files.Unlink(path);
    }

    /// <summary>Removes the logs of a closed database.</summary>
    public static void DeleteSideFiles(string path)
    {
        _ = Files.Unlink(path + "-wal");
        _ = Files.Unlink(path + "-shm");
        _ = Files.Unlink(path + "-journal");
    }

    // SQLite would create the file readable for everybody; its logs take over the file's mode. Failures show at the open.
    private static void MakePrivate(string path)
    {
        if (Files.Open(path, Files.ReadWrite | Files.Create | Files.Exclusive, 0x180).TryGet(out Fd? fd))
        {
            fd.Dispose();
        }
    }

    /// <summary>Runs <c>PRAGMA quick_check</c>; anything but "ok" is damage.</summary>
    public static StoreError Check(SqliteDatabase db, string path)
    {
        if (!db.TryPrepare("PRAGMA main.quick_check(1)"u8, out SqliteStatement? check, out SqliteCode code))
        {
            return StoreError.Of(code, db, $"{path} cannot be read");
        }

        using (check)
        {
            code = check.Step();
            if (code == SqliteCode.Row && check.ColumnText(0).SequenceEqual("ok"u8))
            {
                return StoreError.None;
            }

            return code == SqliteCode.Row
                ? new StoreError(SqliteCode.Corrupt, $"{path} is damaged: {Encoding.UTF8.GetString(check.ColumnText(0))}")
                : StoreError.Of(code, db, $"{path} cannot be read");
        }
    }

    /// <summary>Is this a whole hive that can be served? Changes nothing; <paramref name="path"/> is for messages.</summary>
    public static StoreError Verify(SqliteDatabase db, string path)
    {
        StoreError error = Check(db, path);
        error = error.Ok ? CheckVersion(db, path) : error;
        if (!error.Ok)
        {
            return error;
        }

        error = RootKey.Read(db, out byte[]? root);
        return !error.Ok || root is not null ? error : new StoreError(SqliteCode.Corrupt, $"{path} has no root key");
    }

    private StoreError ApplySchema(SqliteDatabase db)
    {
        if (!TryScalar(db, "SELECT count(*) FROM main.sqlite_schema"u8, out long tables, out StoreError error))
        {
            return error;
        }

        return tables == 0 ? Do(db, Schema.Create, $"cannot create the tables of {Path}") : CheckVersion(db, Path);
    }

    // There is no older version to migrate from yet (LOREG-017).
    private static StoreError CheckVersion(SqliteDatabase db, string path)
    {
        if (!TryScalar(db, "SELECT version FROM main.schema_version"u8, out long version, out _))
        {
            return new StoreError(SqliteCode.NotADatabase, $"{path} is a database, but not a registry hive");
        }

        return version == Schema.Version
            ? StoreError.None
            : new StoreError(SqliteCode.Mismatch, $"{path} has schema version {version}; this registryd knows {Schema.Version}");
    }

    private static StoreError Purge(SqliteDatabase db)
    {
        StoreError error = Do(db, "BEGIN IMMEDIATE"u8, "cannot purge orphans");
        long before;
        do
        {
            if (!error.Ok || !TryScalar(db, "SELECT total_changes()"u8, out before, out error))
            {
                break;
            }

            error = Do(db, Schema.Purge, "cannot purge orphans");
            if (!error.Ok || !TryScalar(db, "SELECT total_changes()"u8, out long after, out error) || after == before)
            {
                break;
            }
        }
        while (true);

        if (error.Ok)
        {
            error = Do(db, "COMMIT"u8, "cannot purge orphans");
        }

        if (!error.Ok && db.InTransaction)
        {
            _ = db.Execute("ROLLBACK"u8);
        }

        return error;
    }

    private static StoreError ReadMaxSequence(SqliteDatabase db, out ulong maxSequence)
    {
        bool ok = TryScalar(
            db,
            """
            SELECT max((SELECT coalesce(max(sequence), 0) FROM main.path_entries),
                       (SELECT coalesce(max(sequence), 0) FROM main."values"),
                       (SELECT coalesce(max(sequence), 0) FROM main.blanket_tombstones))
            """u8,
            out long value,
            out StoreError error);
        if (ok && value < 0)
        {
            error = new StoreError(SqliteCode.Corrupt, "a stored sequence is negative");
        }

        maxSequence = error.Ok ? (ulong)value : 0;
        return error;
    }

    private static StoreError Do(SqliteDatabase db, ReadOnlySpan<byte> sql, string what)
    {
        SqliteCode code = db.Execute(sql);
        return code == SqliteCode.Ok ? StoreError.None : StoreError.Of(code, db, what);
    }

    private static SqliteCode First(SqliteCode code, SqliteDatabase db, ReadOnlySpan<byte> sql) =>
        code == SqliteCode.Ok ? db.Execute(sql) : code;

    private static bool TryScalar(SqliteDatabase db, [StringSyntax("sql")] ReadOnlySpan<byte> sql, out long value, out StoreError error)
    {
        value = 0;
        if (!db.TryPrepare(sql, out SqliteStatement? statement, out SqliteCode code))
        {
            error = StoreError.Of(code, db, "cannot read the database");
            return false;
        }

        using (statement)
        {
            code = statement.Step();
            if (code != SqliteCode.Row)
            {
                error = StoreError.Of(code == SqliteCode.Done ? SqliteCode.Corrupt : code, db, "cannot read the database");
                return false;
            }

            value = statement.ColumnInt64(0);
            error = StoreError.None;
            return true;
        }
    }
}
