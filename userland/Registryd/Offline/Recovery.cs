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
    public static int Recover(IReadOnlyList<HiveArgument> hives)
    {
        int status = 0;
        foreach (HiveArgument argument in hives)
        {
            string problem = Recover(new HiveFile(argument));
            status = problem.Length == 0 ? status : 1;
            Console.Error.WriteLine(problem.Length == 0 ? $"registryd: {argument.Name}: backup restored" : $"registryd: {argument.Name}: {problem}");
        }

        return status;
    }

    /// <summary>Erases each hive, its log and its backup; the next start makes an empty hive.</summary>
    public static int Clear(IReadOnlyList<HiveArgument> hives)
    {
        foreach (HiveArgument argument in hives)
        {
            HiveFile file = new(argument);
            HiveFile.DeleteDatabase(file.Path);
            HiveFile.DeleteDatabase(file.BackupPath);
            if (File.Exists(file.Path) || File.Exists(file.BackupPath))
            {
                Console.Error.WriteLine($"registryd: {argument.Name}: cannot delete {file.Path}");
                return 1;
            }

            _ = Files.SyncDirectory(Path.GetDirectoryName(file.Path) ?? "/");
            Console.Error.WriteLine($"registryd: {argument.Name}: erased");
        }

        return 0;
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
            error = CheckFile(file, fresh);
        }

        if (!error.Ok)
        {
            HiveFile.DeleteDatabase(fresh);
            return error.Message;
        }

        return Swap(file.Path, fresh);
    }

    private static StoreError CheckFile(HiveFile file, string path)
    {
        if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite, out SqliteDatabase? db, out SqliteCode code))
        {
            return StoreError.Of(code, null, $"cannot open {path}");
        }

        using (db)
        {
            return file.Check(db);
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
