// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Registryd.Store;

namespace Registryd.Offline;

/// <summary><c>--recover-from-backup</c> and <c>--dangerously-clear-database</c> (LOREG-049).</summary>
internal static class Recovery
{
    /// <summary>Puts each hive's automatic backup back; the damaged file is kept beside it as <c>PATH.damaged</c>.</summary>
    public static int Recover(IReadOnlyList<HiveArgument> hives) => Each(hives, Recover, "backup restored");

    /// <summary>Erases each hive, its log and its backup; the next start makes an empty hive.</summary>
    public static int Clear(IReadOnlyList<HiveArgument> hives) => Each(hives, Clear, "erased");

    // Does every hive whatever became of the others; 1 if one of them failed.
    private static int Each(IReadOnlyList<HiveArgument> hives, Func<HiveFile, string> act, string done)
    {
        int status = 0;
        foreach (HiveArgument argument in hives)
        {
            HiveFile file = new(argument);
            string problem = Locked(file, act);
            Console.Error.WriteLine($"registryd: {argument.Name}: {(problem.Length == 0 ? done : problem)}");
            status = problem.Length == 0 ? status : 1;
        }

        return status;
    }

    private static string Locked(HiveFile file, Func<HiveFile, string> act)
    {
        if (!File.Exists(file.Path) && !File.Exists(file.BackupPath))
        {
            return $"there is neither {file.Path} nor {file.BackupPath}";
        }

        StoreError busy = HiveLock.Take(file, out HiveLock? held);
        using (held)
        {
            return busy.Ok ? act(file) : busy.Message;
        }
    }

    private static string Clear(HiveFile file)
    {
        HiveFile.DeleteDatabase(file.Path);
        HiveFile.DeleteDatabase(file.BackupPath);
        if (File.Exists(file.Path) || File.Exists(file.BackupPath))
        {
            return $"cannot delete {(File.Exists(file.Path) ? file.Path : file.BackupPath)}";
        }

        Errno error = Files.SyncDirectory(Path.GetDirectoryName(file.Path) ?? "/");
        return error.Ok ? "" : $"cannot sync the folder of {file.Path}: {error}";
    }

    private static string Recover(HiveFile file)
    {
        if (!File.Exists(file.BackupPath))
        {
            return $"there is no backup at {file.BackupPath}";
        }

        // A copy through SQLite: the backup itself stays, and what is damaged in it shows now.
        string fresh = file.Path + ".recovered";
        HiveFile.DeleteDatabase(fresh);
        StoreError error = HiveFile.Copy(file.BackupPath, fresh);
        if (error.Ok)
        {
            error = Verify(fresh, file.BackupPath);
        }

        if (!error.Ok)
        {
            HiveFile.DeleteDatabase(fresh);
            return error.Message;
        }

        return Swap(file.Path, fresh);
    }

    // Not only undamaged, but a hive that this registryd will serve: else it would take a good file's place.
    private static StoreError Verify(string fresh, string backup)
    {
        if (!SqliteDatabase.TryOpen(fresh, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out SqliteCode code))
        {
            return StoreError.Of(code, null, $"cannot open {fresh}");
        }

        using (db)
        {
            return HiveFile.Verify(db, backup);
        }
    }

    private static string Swap(string path, string fresh)
    {
        // The old file keeps its place until the new one takes it: where a crash leaves none, registryd makes an empty hive.
        if (File.Exists(path))
        {
            _ = Files.Unlink(path + ".damaged");
            Errno kept = Files.Link(path, path + ".damaged");
            if (!kept.Ok)
            {
                return $"cannot keep {path} as {path}.damaged: {kept}";
            }
        }

        // A log of the old file must not be replayed into the new one.
        HiveFile.DeleteSideFiles(path);
        HiveFile.DeleteSideFiles(fresh);
        Errno error = HiveFile.Replace(fresh, path);
        return error.Ok ? "" : $"cannot put {fresh} in place: {error}";
    }
}
