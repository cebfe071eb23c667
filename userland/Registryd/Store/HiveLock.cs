// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Sqlite;

namespace Registryd.Store;

/// <summary>
/// One hive file has one registryd. A second one, or an offline option beside a running one, would purge what is half made,
/// or take the file away under acknowledged writes. The kernel lets go when the process ends, however it does.
/// </summary>
internal sealed class HiveLock : IDisposable
{
    private readonly Fd _fd;

    private HiveLock(Fd fd) => _fd = fd;

    /// <summary>Takes the lock, which lies beside the file: SQLite loses its own ones when somebody closes the database.</summary>
    public static StoreError Take(HiveFile file, out HiveLock? held)
    {
        held = null;
        string path = file.Path + ".lock";
        if (!Files.Open(path, Files.ReadWrite | Files.Create | Files.NoFollow, 0x180).TryGet(out Fd? fd, out Errno error))
        {
            return new StoreError(SqliteCode.CantOpen, $"cannot open {path}: {error}");
        }

        error = Files.TryLock(fd);
        if (!error.Ok)
        {
            fd.Dispose();
            return new StoreError(SqliteCode.Busy, $"{file.Path} is in use by another registryd");
        }

        held = new HiveLock(fd);
        return StoreError.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
