// SPDX-License-Identifier: MIT
using Peios.Interop.Sqlite;

namespace Registryd.Serve;

/// <summary>What SQLite's codes mean to the kernel.</summary>
internal static class StatusMapping
{
    /// <summary>The status for a code; rows and completion are success.</summary>
    public static RsiStatus Of(SqliteCode code) => code switch
    {
        SqliteCode.Ok or SqliteCode.Row or SqliteCode.Done => RsiStatus.Ok,
        SqliteCode.Busy or SqliteCode.Locked => RsiStatus.Busy,
        SqliteCode.TooBig => RsiStatus.TooLarge,
        _ => RsiStatus.StorageError,
    };
}
