// SPDX-License-Identifier: MIT
using System;

namespace Lpsd.Store;

/// <summary>The database (LPS-006, LPS-007).</summary>
internal static class Schema
{
    public const long ApplicationId = 0x4C505331;
    public const long Version = 1;

    /// <summary>Tables that must be there (LPS-010).</summary>
    public static readonly string[] Tables = ["meta", "principals", "members", "credentials", "lockout", "claims"];

    /// <summary>For every connection.</summary>
    public static ReadOnlySpan<byte> Pragmas => "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"u8;

    /// <summary>For the live database.</summary>
    public static ReadOnlySpan<byte> Wal => "PRAGMA journal_mode=WAL;"u8;

    /// <summary>What initialization creates, inside its transaction.</summary>
    public static ReadOnlySpan<byte> Create => """
        PRAGMA application_id=0x4C505331;
        PRAGMA user_version=1;
        CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE principals(
            sid BLOB PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL UNIQUE,
            display_name TEXT, description TEXT, flags INTEGER NOT NULL DEFAULT 0, posix_id INTEGER UNIQUE,
            primary_group BLOB, home TEXT, shell TEXT, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL DEFAULT 0, audit_policy INTEGER NOT NULL DEFAULT 0, sd BLOB) WITHOUT ROWID;
        CREATE TABLE members(
            group_sid BLOB NOT NULL REFERENCES principals(sid) ON DELETE CASCADE, member_sid BLOB NOT NULL,
            PRIMARY KEY(group_sid, member_sid)) WITHOUT ROWID;
        CREATE INDEX members_by_member ON members(member_sid);
        CREATE TABLE credentials(
            sid BLOB PRIMARY KEY REFERENCES principals(sid) ON DELETE CASCADE, type INTEGER NOT NULL, verifier TEXT NOT NULL,
            set_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE lockout(
            sid BLOB PRIMARY KEY REFERENCES principals(sid) ON DELETE CASCADE, failures INTEGER NOT NULL,
            last_failure INTEGER NOT NULL, last_logon INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE claims(
            sid BLOB NOT NULL REFERENCES principals(sid) ON DELETE CASCADE, name TEXT NOT NULL, name_folded TEXT NOT NULL,
            entry BLOB NOT NULL, PRIMARY KEY(sid, name_folded)) WITHOUT ROWID;
        """u8;
}
