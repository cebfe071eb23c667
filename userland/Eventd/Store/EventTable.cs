// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Eventd.Ingest;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>
/// Table <c>events</c> of one shard (EVT-044): its schema, and the prepared INSERTs (EVT-030). Events are inserted
/// sixteen at a time, which spares the start and end of a statement for each; see docs/performance.md.
/// </summary>
internal sealed unsafe class EventTable : IDisposable
{
    /// <summary>Tables and indexes that a shard must have (EVT-052).</summary>
    internal static readonly string[] Required = ["events", "idx_events_timestamp", "metadata"];

    /// <summary>Rows of the large statement.</summary>
    private const int Rows = 16;

    /// <summary>Parameters of a row.</summary>
    private const int Columns = 10;

    private readonly SqliteDatabase _db;
    private readonly SqliteStatement _one;
    private readonly SqliteStatement _many;
    private readonly TypeBlocks _blocks;
    private readonly byte*[] _waiting = new byte*[Rows];
    private readonly int[] _lengths = new int[Rows];
    private int _count;

    private EventTable(SqliteDatabase db, SqliteStatement one, SqliteStatement many, TypeBlocks blocks)
    {
        _db = db;
        _one = one;
        _many = many;
        _blocks = blocks;
    }

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
        if (!db.TryPrepare(Sql(1), out SqliteStatement? one, out _))
        {
            return false;
        }

        if (!db.TryPrepare(Sql(Rows), out SqliteStatement? many, out _))
        {
            one.Dispose();
            return false;
        }

        if (!TypeBlocks.TryOpen(db, out TypeBlocks? blocks))
        {
            one.Dispose();
            many.Dispose();
            return false;
        }

        // Stays bound through every reset.
        _ = one.BindBlob(Columns, bootId);
        for (int row = 1; row <= Rows; row++)
        {
            _ = many.BindBlob(row * Columns, bootId);
        }

        table = new EventTable(db, one, many, blocks);
        return true;
    }

    /// <summary>
    /// Takes a KMES record; the bytes at <paramref name="e"/> are bound in place (EVT-046) and stay until
    /// <see cref="Flush"/>.
    /// </summary>
    /// <param name="e">A record that <see cref="Peios.Events.EventView.TryParse"/> accepted.</param>
    /// <param name="length">Its bytes.</param>
    internal SqliteCode InsertEvent(byte* e, int length)
    {
        _waiting[_count] = e;
        _lengths[_count] = length;
        if (++_count < Rows)
        {
            return SqliteCode.Ok;
        }

        _count = 0;
        for (int row = 0; row < Rows; row++)
        {
            Bind(_many, row * Columns, _waiting[row], _lengths[row]);
        }

        return Inserted(_many.Run(), Rows);
    }

    /// <summary>Inserts the events that wait for more: before their memory is used again.</summary>
    internal SqliteCode Flush()
    {
        SqliteCode code = SqliteCode.Ok;
        for (int row = 0; row < _count && code == SqliteCode.Ok; row++)
        {
            Bind(_one, 0, _waiting[row], _lengths[row]);
            code = Inserted(_one.Run(), 1);
        }

        _count = 0;
        return code;
    }

    /// <summary>Inserts a row of eventd's own (EVT-038), behind the events taken before it.</summary>
    internal SqliteCode InsertSynthetic(in SyntheticEvent row)
    {
        SqliteCode code = Flush();
        if (code != SqliteCode.Ok)
        {
            return code;
        }

        _ = _one.Bind(1, (long)row.Timestamp);
        _ = row.Cpu == SyntheticEvent.NoCpu ? _one.BindNull(2) : _one.Bind(2, row.Cpu);
        _ = _one.BindNull(3);
        _ = _one.BindNull(4);
        _ = _one.BindText(5, row.Type);
        _ = _one.BindNull(6);
        _ = _one.BindNull(7);
        _ = _one.BindNull(8);
        _ = _one.BindBlob(9, row.Payload);
        _blocks.Note(row.Type);
        return Inserted(_one.Run(), 1);
    }

    /// <summary>The transaction is rolled back.</summary>
    internal void RolledBack() => _blocks.Forget();

    /// <inheritdoc/>
    public void Dispose()
    {
        _one.Dispose();
        _many.Dispose();
        _blocks.Dispose();
    }

    private SqliteCode Inserted(SqliteCode code, int rows) =>
        code == SqliteCode.Ok ? _blocks.Inserted(_db.LastInsertRowId, rows) : code;

    private void Bind(SqliteStatement insert, int before, byte* e, int length)
    {
        ReadOnlySpan<byte> head = new(e, 77);
        int header = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        _ = insert.Bind(before + 1, BinaryPrimitives.ReadInt64LittleEndian(head[8..]));
        _ = insert.Bind(before + 2, BinaryPrimitives.ReadUInt16LittleEndian(head[24..]));
        _ = insert.Bind(before + 3, BinaryPrimitives.ReadInt64LittleEndian(head[16..]));
        _ = insert.Bind(before + 4, head[26]);
        ushort typeLength = BinaryPrimitives.ReadUInt16LittleEndian(head[75..]);
        _ = insert.BindTextInPlace(before + 5, (nint)(e + 77), typeLength);
        _blocks.Note(new ReadOnlySpan<byte>(e + 77, typeLength));
        _ = insert.BindBlobInPlace(before + 6, (nint)(e + 27), 16);
        _ = insert.BindBlobInPlace(before + 7, (nint)(e + 43), 16);
        _ = insert.BindBlobInPlace(before + 8, (nint)(e + 59), 16);
        _ = length > header
            ? insert.BindBlobInPlace(before + 9, (nint)(e + header), length - header)
            : insert.BindNull(before + 9);
    }

    private static byte[] Sql(int rows)
    {
        StringBuilder sql = new("INSERT INTO events(timestamp,cpu_id,sequence,origin_class,event_type,effective_token_guid,true_token_guid,process_guid,payload,boot_id) VALUES");
        for (int row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(?,?,?,?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?,?,?,?)");
        }

        return Encoding.ASCII.GetBytes(sql.ToString());
    }
}
