// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Eventd.Ingest;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>Table <c>events</c> of one shard (EVT-044): its schema, and the one prepared INSERT (EVT-030).</summary>
internal sealed unsafe class EventTable : IDisposable
{
    /// <summary>Tables and indexes that a shard must have (EVT-052).</summary>
    internal static readonly string[] Required = ["events", "idx_events_timestamp", "metadata"];

    private readonly SqliteStatement _insert;

    private EventTable(SqliteStatement insert) => _insert = insert;

    /// <summary>Creation of table and index (EVT-047).</summary>
    internal static ReadOnlySpan<byte> Schema => """
        CREATE TABLE events(
          id INTEGER PRIMARY KEY,
          boot_id BLOB NOT NULL,
          timestamp INTEGER NOT NULL,
          cpu_id INTEGER,
          sequence INTEGER,
          origin_class INTEGER,
          event_type TEXT NOT NULL,
          effective_token_guid BLOB,
          true_token_guid BLOB,
          process_guid BLOB,
          payload BLOB);
        CREATE INDEX idx_events_timestamp ON events(timestamp);
        """u8;

    /// <summary>Prepares the insertion of rows of one boot.</summary>
    /// <param name="db">The shard.</param>
    /// <param name="bootId">16 bytes in GUID layout.</param>
    /// <param name="table">The table.</param>
    internal static bool TryOpen(SqliteDatabase db, ReadOnlySpan<byte> bootId, [NotNullWhen(true)] out EventTable? table)
    {
        table = null;
        ReadOnlySpan<byte> sql =
            "INSERT INTO events(timestamp,cpu_id,sequence,origin_class,event_type,effective_token_guid,true_token_guid,process_guid,payload,boot_id) VALUES(?,?,?,?,?,?,?,?,?,?)"u8;
        if (!db.TryPrepare(sql, out SqliteStatement? insert, out _))
        {
            return false;
        }

        _ = insert.BindBlob(10, bootId); // stays bound through every reset
        table = new EventTable(insert);
        return true;
    }

    /// <summary>Inserts a KMES record; the bytes at <paramref name="e"/> are bound in place (EVT-046).</summary>
    /// <param name="e">A record that <see cref="Peios.Events.EventView.TryParse"/> accepted.</param>
    /// <param name="length">Its bytes.</param>
    internal SqliteCode InsertEvent(byte* e, int length)
    {
        ReadOnlySpan<byte> head = new(e, 77);
        int header = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        _ = _insert.Bind(1, BinaryPrimitives.ReadInt64LittleEndian(head[8..]));
        _ = _insert.Bind(2, BinaryPrimitives.ReadUInt16LittleEndian(head[24..]));
        _ = _insert.Bind(3, BinaryPrimitives.ReadInt64LittleEndian(head[16..]));
        _ = _insert.Bind(4, head[26]);
        _ = _insert.BindTextInPlace(5, (nint)(e + 77), BinaryPrimitives.ReadUInt16LittleEndian(head[75..]));
        _ = _insert.BindBlobInPlace(6, (nint)(e + 27), 16);
        _ = _insert.BindBlobInPlace(7, (nint)(e + 43), 16);
        _ = _insert.BindBlobInPlace(8, (nint)(e + 59), 16);
        _ = length > header ? _insert.BindBlobInPlace(9, (nint)(e + header), length - header) : _insert.BindNull(9);
        return _insert.Run();
    }

    /// <summary>Inserts a row of eventd's own (EVT-038).</summary>
    internal SqliteCode InsertSynthetic(in SyntheticEvent row)
    {
        _ = _insert.Bind(1, (long)row.Timestamp);
        _ = row.Cpu == SyntheticEvent.NoCpu ? _insert.BindNull(2) : _insert.Bind(2, row.Cpu);
        _ = _insert.BindNull(3);
        _ = _insert.BindNull(4);
        _ = _insert.BindText(5, row.Type);
        _ = _insert.BindNull(6);
        _ = _insert.BindNull(7);
        _ = _insert.BindNull(8);
        _ = _insert.BindBlob(9, row.Payload);
        return _insert.Run();
    }

    /// <inheritdoc/>
    public void Dispose() => _insert.Dispose();
}
