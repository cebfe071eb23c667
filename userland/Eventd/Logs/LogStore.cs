// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.IO;
using Eventd.Store;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Ipc;

namespace Eventd.Logs;

/// <summary>Opens the log store and its socket.</summary>
internal static class LogStore
{
    /// <summary>Both, or the reason why not.</summary>
    internal static bool TryOpen(
        Settings settings, [NotNullWhen(true)] out SqliteDatabase? db, [NotNullWhen(true)] out UnixSocket? socket, out string problem)
    {
        socket = null;
        if (!TryOpenStore(settings.LogStorePath, out db, out problem))
        {
            return false;
        }

        Errno error = Folders.Make(Path.GetDirectoryName(settings.LogSocketPath) ?? "/", 0x1ed);
        // Whoever may reach the file may log (EVT-248).
        if (error.Ok && UnixSocket.BindDatagram(settings.LogSocketPath, 0x1b6, credentials: false).TryGet(out socket, out error))
        {
            return true;
        }

        db.Dispose();
        problem = $"{settings.LogSocketPath}: {error}";
        return false;
    }

    /// <summary>A damaged or foreign store is set aside, not repaired: logs are worth less than a running system (EVT-267).</summary>
    private static bool TryOpenStore(string path, [NotNullWhen(true)] out SqliteDatabase? db, out string problem)
    {
        db = null;
        Errno error = Folders.Make(Path.GetDirectoryName(path) ?? "/", 0x1c0);
        if (!error.Ok)
        {
            problem = $"{path}: {error}";
            return false;
        }

        if (StoreFile.TryOpen(path, durable: false, LogTable.Schema, LogTable.Required, out db, out problem, out bool unusable))
        {
            return true;
        }

        // A full disk or a lock says nothing about the file: it stays where it is.
        if (unusable)
        {
            SetAside(path, problem);
        }

        if (unusable && StoreFile.TryOpen(path, durable: false, LogTable.Schema, LogTable.Required, out db, out problem))
        {
            return true;
        }

        problem = $"{path}: {problem}";
        return false;
    }

    /// <summary>Keeps what was set aside before.</summary>
    private static void SetAside(string path, string problem)
    {
        string aside = $"{path}.damaged";
        for (int n = 1; File.Exists(aside); n++)
        {
            aside = $"{path}.damaged.{n}";
        }

        Report.Error($"{path} is set aside as {aside}: {problem}");
        foreach (string suffix in (string[])["", "-wal", "-shm"])
        {
            _ = Files.Rename(path + suffix, aside + suffix);
        }
    }
}
