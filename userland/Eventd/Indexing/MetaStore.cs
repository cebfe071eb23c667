// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Peios.Security;

namespace Eventd.Indexing;

/// <summary>
/// <c>eventd-meta.db</c>: what queries asked about, and which indexes follow from it (EVT-071 to EVT-077). Expendable: one
/// that cannot be used is made anew, and without one everything works from memory.
/// </summary>
internal sealed class MetaStore : IDisposable
{
    private const string SchemaVersion = "1";
    private const string DefaultDescriptor = "O:SYG:SYD:(A;;0x1;;;SY)(A;;0x1;;;BA)";

    private readonly SqliteDatabase? _db;

    private MetaStore(SqliteDatabase? db, byte[] admin)
    {
        _db = db;
        AdminDescriptor = admin;
    }

    /// <summary>Who may ask for an index (EVT-074).</summary>
    internal byte[] AdminDescriptor { get; }

    private static ReadOnlySpan<byte> Schema => """
        CREATE TABLE index_counters(field_path TEXT PRIMARY KEY, query_count INTEGER NOT NULL, window_start INTEGER NOT NULL);
        CREATE TABLE desired_indexes(field_path TEXT PRIMARY KEY, priority INTEGER NOT NULL, is_expression INTEGER NOT NULL);
        CREATE TABLE rollup_counters(function_window TEXT PRIMARY KEY, query_count INTEGER NOT NULL, window_start INTEGER NOT NULL);
        CREATE TABLE desired_rollups(function_window TEXT PRIMARY KEY, priority INTEGER NOT NULL);
        CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
        """u8;

    /// <summary>Opens or creates the file in the event store's directory.</summary>
    internal static MetaStore Open(string folder)
    {
        string path = Path.Combine(folder, "eventd-meta.db");
        if (TryOpen(path, out MetaStore? store))
        {
            return store!;
        }

        Report.Error($"{path} cannot be used and is made anew");
        foreach (string suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(path + suffix);
        }

        if (TryOpen(path, out store))
        {
            return store!;
        }

        Report.Error($"{path} cannot be made: indexes are decided without it");
        return new MetaStore(null, FromSddl());
    }

    /// <summary>Reads the counters and the set.</summary>
    internal void Load(Dictionary<string, IndexCounter> counters, out string[] columns)
    {
        List<string> desired = [];
        Rows("SELECT field_path, query_count, window_start FROM index_counters"u8, row =>
        {
            string field = Encoding.UTF8.GetString(row.ColumnText(0));
            if (Array.IndexOf(DesiredIndexes.Candidates, field) >= 0)
            {
                counters[field] = new IndexCounter(row.ColumnInt64(1), row.ColumnInt64(2));
            }
        });
        Rows("SELECT field_path FROM desired_indexes WHERE is_expression = 0 ORDER BY priority"u8, row =>
        {
            string field = Encoding.UTF8.GetString(row.ColumnText(0));
            if (Array.IndexOf(DesiredIndexes.Candidates, field) >= 0)
            {
                desired.Add(field);
            }
        });
        columns = [.. desired];
    }

    /// <summary>Stores both.</summary>
    internal void Save(Dictionary<string, IndexCounter> counters, string[] columns)
    {
        if (_db is null)
        {
            return;
        }

        // Names come from a fixed list and numbers are numbers: nothing in this text is anybody's input.
        StringBuilder sql = new("BEGIN IMMEDIATE; DELETE FROM index_counters; DELETE FROM desired_indexes;");
        foreach ((string field, IndexCounter counter) in counters)
        {
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO index_counters VALUES('{field}',{counter.Queries},{counter.WindowStart});");
        }

        for (int i = 0; i < columns.Length; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO desired_indexes VALUES('{columns[i]}',{i},0);");
        }

        SqliteCode code = _db.Execute(Encoding.ASCII.GetBytes(sql.Append("COMMIT").ToString()));
        if (code != SqliteCode.Ok)
        {
            Report.Error($"eventd-meta.db: {code}: {_db.ErrorMessage}");
            _ = _db.InTransaction ? _db.Execute("ROLLBACK"u8) : code;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _db?.Dispose();

    private static bool TryOpen(string path, out MetaStore? store)
    {
        store = null;
        if (!SqliteDatabase.TryOpen(path, SqliteOpenFlags.ReadWrite | SqliteOpenFlags.Create, out SqliteDatabase? db, out _))
        {
            return false;
        }

        _ = db.SetBusyTimeout(5000);
        SqliteCode code = db.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-256"u8);
        if (code == SqliteCode.Ok && !Store.StoreFile.Has(db, "meta"))
        {
            code = Create(db);
        }

        MetaStore opened = new(db, []);
        string version = string.Empty;
        byte[] admin = [];
        opened.Rows("SELECT key, value FROM meta"u8, row =>
        {
            string key = Encoding.UTF8.GetString(row.ColumnText(0));
            version = key == "schema_version" ? Encoding.UTF8.GetString(row.ColumnText(1)) : version;
            admin = key == "admin_sd" ? row.ColumnBlob(1).ToArray() : admin;
        });
        if (code != SqliteCode.Ok || version != SchemaVersion || !SecurityDescriptor.TryRead(admin, out _))
        {
            db.Dispose();
            return false;
        }

        store = new MetaStore(db, admin);
        return true;
    }

    private static SqliteCode Create(SqliteDatabase db)
    {
        string now = DateTimeOffset.FromUnixTimeMilliseconds((long)(Clock.Realtime / 1_000_000))
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        SqliteCode code = db.Execute("BEGIN IMMEDIATE"u8);
        code = code == SqliteCode.Ok ? db.Execute(Schema) : code;
        string rows = $"INSERT INTO meta VALUES('schema_version','{SchemaVersion}'),('created_at','{now}'),('admin_sd',x'{Convert.ToHexString(FromSddl())}')";
        code = code == SqliteCode.Ok ? db.Execute(Encoding.ASCII.GetBytes(rows)) : code;
        return code == SqliteCode.Ok ? db.Execute("COMMIT"u8) : code;
    }

    private static byte[] FromSddl() =>
        Sddl.TryParse(DefaultDescriptor, out byte[] descriptor, out SddlError error)
            ? descriptor
            : throw new InvalidOperationException(error.ToString());

    private void Rows(ReadOnlySpan<byte> sql, Action<SqliteStatement> each)
    {
        if (_db is null || !_db.TryPrepare(sql, out SqliteStatement? select, out _))
        {
            return;
        }

        using (select)
        {
            while (select.Step() == SqliteCode.Row)
            {
                each(select);
            }
        }
    }
}
