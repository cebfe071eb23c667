// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop.Sqlite;

namespace Registryd.Store;

/// <summary>The statements of the write connection for one of its two stores (LOREG-018).</summary>
internal sealed class StoreStatements
{
    /// <summary>Prepares them for schema <c>main</c> or <c>volatile</c>.</summary>
    public StoreStatements(Statements all, string schema)
    {
        SqliteStatement Make(string sql) => all.Prepare(Encoding.UTF8.GetBytes(sql.Replace("@", schema + ".", StringComparison.Ordinal)));

        FindKey = Make("SELECT 1 FROM @keys WHERE guid = ?1");
        InsertKey = Make("INSERT INTO @keys(guid, name, name_folded, parent_guid, sd, volatile, symlink, last_write_time) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        UpdateSecurity = Make("UPDATE @keys SET sd = ?2 WHERE guid = ?1");
        UpdateTime = Make("UPDATE @keys SET last_write_time = ?2 WHERE guid = ?1");
        UpdateBoth = Make("UPDATE @keys SET sd = ?2, last_write_time = ?3 WHERE guid = ?1");
        DropKey = Make("DELETE FROM @keys WHERE guid = ?1");
        DropEntries = Make("DELETE FROM @path_entries WHERE (target_type = 0 AND target_guid = ?1) OR parent_guid = ?1");
        DropValues = Make("DELETE FROM @\"values\" WHERE key_guid = ?1");
        DropBlankets = Make("DELETE FROM @blanket_tombstones WHERE key_guid = ?1");
        FindEntry = Make("SELECT target_type FROM @path_entries WHERE parent_guid = ?1 AND child_name_folded = ?2 AND layer = ?3");
        DeleteEntry = Make("DELETE FROM @path_entries WHERE parent_guid = ?1 AND child_name_folded = ?2 AND layer = ?3");
        InsertEntry = Make("INSERT INTO @path_entries(parent_guid, child_name_folded, layer, child_name, target_type, target_guid, sequence) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        FindValue = Make("SELECT sequence FROM @\"values\" WHERE key_guid = ?1 AND name_folded = ?2 AND layer = ?3");
        DeleteValue = Make("DELETE FROM @\"values\" WHERE key_guid = ?1 AND name_folded = ?2 AND layer = ?3");
        // The spelling first stored stays (LCS-010).
        PutValue = Make("INSERT INTO @\"values\"(key_guid, name_folded, layer, name, type, data, sequence) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET type = ?5, data = ?6, sequence = ?7");
        DeleteBlanket = Make("DELETE FROM @blanket_tombstones WHERE key_guid = ?1 AND layer = ?2");
        PutBlanket = Make("INSERT OR REPLACE INTO @blanket_tombstones(key_guid, layer, sequence) VALUES(?1, ?2, ?3)");
        LayerEntries = Make("DELETE FROM @path_entries WHERE layer = ?1");
        LayerValues = Make("DELETE FROM @\"values\" WHERE layer = ?1");
        LayerBlankets = Make("DELETE FROM @blanket_tombstones WHERE layer = ?1");
    }

    /// <summary>1 guid.</summary>
    public SqliteStatement FindKey { get; }

    /// <summary>1 guid, 2 name, 3 folded, 4 parent, 5 sd, 6 volatile, 7 symlink, 8 time.</summary>
    public SqliteStatement InsertKey { get; }

    /// <summary>1 guid, 2 sd.</summary>
    public SqliteStatement UpdateSecurity { get; }

    /// <summary>1 guid, 2 time.</summary>
    public SqliteStatement UpdateTime { get; }

    /// <summary>1 guid, 2 sd, 3 time.</summary>
    public SqliteStatement UpdateBoth { get; }

    /// <summary>1 guid.</summary>
    public SqliteStatement DropKey { get; }

    /// <summary>1 guid.</summary>
    public SqliteStatement DropEntries { get; }

    /// <summary>1 guid.</summary>
    public SqliteStatement DropValues { get; }

    /// <summary>1 guid.</summary>
    public SqliteStatement DropBlankets { get; }

    /// <summary>1 parent, 2 folded child, 3 layer.</summary>
    public SqliteStatement FindEntry { get; }

    /// <summary>1 parent, 2 folded child, 3 layer.</summary>
    public SqliteStatement DeleteEntry { get; }

    /// <summary>1 parent, 2 folded child, 3 layer, 4 child, 5 type, 6 target, 7 sequence.</summary>
    public SqliteStatement InsertEntry { get; }

    /// <summary>1 key, 2 folded name, 3 layer.</summary>
    public SqliteStatement FindValue { get; }

    /// <summary>1 key, 2 folded name, 3 layer.</summary>
    public SqliteStatement DeleteValue { get; }

    /// <summary>1 key, 2 folded name, 3 layer, 4 name, 5 type, 6 data, 7 sequence.</summary>
    public SqliteStatement PutValue { get; }

    /// <summary>1 key, 2 layer.</summary>
    public SqliteStatement DeleteBlanket { get; }

    /// <summary>1 key, 2 layer, 3 sequence.</summary>
    public SqliteStatement PutBlanket { get; }

    /// <summary>1 layer.</summary>
    public SqliteStatement LayerEntries { get; }

    /// <summary>1 layer.</summary>
    public SqliteStatement LayerValues { get; }

    /// <summary>1 layer.</summary>
    public SqliteStatement LayerBlankets { get; }
}
