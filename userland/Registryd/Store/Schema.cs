// SPDX-License-Identifier: MIT
using System;

namespace Registryd.Store;

/// <summary>The SQL of schema version 1 (LOREG-015, LOREG-016): the same tables on disk and in memory.</summary>
internal static class Schema
{
    /// <summary>The version that this program reads and writes.</summary>
    public const long Version = 1;

    /// <summary>Creates an empty file's tables and says which version they are.</summary>
    public static ReadOnlySpan<byte> Create => """
        BEGIN IMMEDIATE;
        CREATE TABLE schema_version(version INTEGER NOT NULL);
        CREATE TABLE keys(guid BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, name_folded TEXT NOT NULL, parent_guid BLOB,
            sd BLOB NOT NULL, volatile INTEGER NOT NULL DEFAULT 0, symlink INTEGER NOT NULL DEFAULT 0,
            last_write_time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE path_entries(parent_guid BLOB NOT NULL, child_name TEXT NOT NULL, child_name_folded TEXT NOT NULL,
            layer TEXT NOT NULL, target_type INTEGER NOT NULL, target_guid BLOB, sequence INTEGER NOT NULL,
            PRIMARY KEY(parent_guid, child_name_folded, layer)) WITHOUT ROWID;
        CREATE TABLE "values"(key_guid BLOB NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, layer TEXT NOT NULL,
            type INTEGER NOT NULL, data BLOB, sequence INTEGER NOT NULL, PRIMARY KEY(key_guid, name_folded, layer));
        CREATE TABLE blanket_tombstones(key_guid BLOB NOT NULL, layer TEXT NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY(key_guid, layer)) WITHOUT ROWID;
        CREATE INDEX idx_path_entries_target ON path_entries(target_guid) WHERE target_type = 0;
        INSERT INTO schema_version VALUES(1);
        COMMIT;
        """u8;

    /// <summary>Creates the volatile store's tables unless another connection of this process did.</summary>
    public static ReadOnlySpan<byte> CreateVolatile => """
        CREATE TABLE IF NOT EXISTS volatile.keys(guid BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL,
            name_folded TEXT NOT NULL, parent_guid BLOB, sd BLOB NOT NULL, volatile INTEGER NOT NULL DEFAULT 0,
            symlink INTEGER NOT NULL DEFAULT 0, last_write_time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS volatile.path_entries(parent_guid BLOB NOT NULL, child_name TEXT NOT NULL,
            child_name_folded TEXT NOT NULL, layer TEXT NOT NULL, target_type INTEGER NOT NULL, target_guid BLOB,
            sequence INTEGER NOT NULL, PRIMARY KEY(parent_guid, child_name_folded, layer)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS volatile."values"(key_guid BLOB NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL,
            layer TEXT NOT NULL, type INTEGER NOT NULL, data BLOB, sequence INTEGER NOT NULL,
            PRIMARY KEY(key_guid, name_folded, layer));
        CREATE TABLE IF NOT EXISTS volatile.blanket_tombstones(key_guid BLOB NOT NULL, layer TEXT NOT NULL,
            sequence INTEGER NOT NULL, PRIMARY KEY(key_guid, layer)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS volatile.idx_path_entries_target ON path_entries(target_guid) WHERE target_type = 0;
        """u8;

    /// <summary>
    /// Removes what no path leads to, until nothing is left (LOREG-011): keys without entry, what belongs to no key, and
    /// entries whose key or parent is missing, which a crash between the two steps of a creation leaves behind.
    /// </summary>
    public static ReadOnlySpan<byte> Purge => """
        DELETE FROM path_entries WHERE target_type = 0 AND NOT EXISTS (SELECT 1 FROM keys k WHERE k.guid = path_entries.target_guid);
        DELETE FROM path_entries WHERE NOT EXISTS (SELECT 1 FROM keys k WHERE k.guid = path_entries.parent_guid);
        DELETE FROM keys WHERE parent_guid IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM path_entries e WHERE e.target_type = 0 AND e.target_guid = keys.guid);
        DELETE FROM "values" WHERE NOT EXISTS (SELECT 1 FROM keys k WHERE k.guid = "values".key_guid);
        DELETE FROM blanket_tombstones WHERE NOT EXISTS (SELECT 1 FROM keys k WHERE k.guid = blanket_tombstones.key_guid);
        """u8;
}
