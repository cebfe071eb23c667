// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Peios.Registry;
using Registryd.Serve;

namespace Registryd.Store;

/// <summary>
/// The write connection of one hive: all mutations. Each runs in a savepoint of its own, so that one that fails leaves
/// nothing behind while the others of its batch are kept. One thread at a time.
/// </summary>
internal sealed partial class HiveWriter : IDisposable
{
    private const int GuidLength = 16;

    private readonly SqliteDatabase _db;
    private readonly Statements _statements;
    private readonly StoreStatements _main;
    private readonly StoreStatements _volatile;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _lock;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollbackTo;
    private readonly SqliteStatement _layerOrphans;
    private readonly SqliteStatement _moveEntries;
    private readonly SqliteStatement _forgetMoved;
    private byte[] _folded = new byte[2048];

    private HiveWriter(SqliteDatabase db)
    {
        _db = db;
        _statements = new Statements(db);
        _main = new StoreStatements(_statements, "main");
        _volatile = new StoreStatements(_statements, "volatile");
        _begin = _statements.Prepare("BEGIN"u8);
        _lock = _statements.Prepare("DELETE FROM main.keys WHERE 0"u8);
        _commit = _statements.Prepare("COMMIT"u8);
        _rollback = _statements.Prepare("ROLLBACK"u8);
        _savepoint = _statements.Prepare("SAVEPOINT one"u8);
        _release = _statements.Prepare("RELEASE one"u8);
        _rollbackTo = _statements.Prepare("ROLLBACK TO one"u8);
        _layerOrphans = _statements.Prepare("""
            WITH entries(layer, guid) AS (
                SELECT layer, target_guid FROM main.path_entries WHERE target_type = 0
                UNION ALL
                SELECT layer, target_guid FROM volatile.path_entries WHERE target_type = 0)
            SELECT DISTINCT guid FROM entries WHERE layer = ?1
            EXCEPT SELECT guid FROM entries WHERE layer <> ?1
            """u8);
        _moveEntries = _statements.Prepare("INSERT INTO volatile.path_entries SELECT * FROM main.path_entries WHERE target_type = 0 AND target_guid = ?1"u8);
        _forgetMoved = _statements.Prepare("DELETE FROM main.path_entries WHERE target_type = 0 AND target_guid = ?1"u8);
    }

    /// <summary>Takes over the prepared write connection of a hive.</summary>
    public static StoreError Open(SqliteDatabase db, out HiveWriter? writer)
    {
        writer = new HiveWriter(db);
        StoreError error = writer._statements.Error;
        if (!error.Ok)
        {
            writer.Dispose();
            writer = null;
        }

        return error;
    }

    /// <summary>Starts a batch; Busy when another writer never let go.</summary>
    /// <remarks>
    /// The file is locked by a statement about it alone. BEGIN IMMEDIATE would hold the volatile store's mutex, which readers
    /// need, for as long as somebody else keeps the file locked (RSI-059).
    /// </remarks>
    public SqliteCode Begin()
    {
        SqliteCode code = _begin.Run();
        if (code == SqliteCode.Ok && (code = _lock.Run()) != SqliteCode.Ok)
        {
            Rollback();
        }

        return code;
    }

    /// <summary>Makes the batch durable; after a failure nothing of it is kept.</summary>
    public SqliteCode Commit()
    {
        SqliteCode code = _commit.Run();
        if (code != SqliteCode.Ok)
        {
            Rollback();
        }

        return code;
    }

    /// <summary>Drops the batch.</summary>
    public void Rollback()
    {
        // SQLite ends the transaction by itself after some failures.
        if (_db.InTransaction)
        {
            _ = _rollback.Run();
        }
    }

    /// <summary>Copies the log into the file and empties it (LOREG-048).</summary>
    public SqliteCode Flush()
    {
        if (!_db.TryPrepare("PRAGMA main.wal_checkpoint(TRUNCATE)"u8, out SqliteStatement? checkpoint, out SqliteCode code))
        {
            return code;
        }

        using (checkpoint)
        {
            code = checkpoint.Step();
            return code != SqliteCode.Row ? code : checkpoint.ColumnInt64(0) == 0 ? SqliteCode.Ok : SqliteCode.Busy;
        }
    }

    /// <summary>Runs one mutation of the current batch.</summary>
    /// <param name="operation">An RSI mutation.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="response">Begun; gets the fields of RSI_DELETE_LAYER.</param>
    /// <param name="code">SQLite's code when the status is a failure of the store.</param>
    public RsiStatus Run(ushort operation, ReadOnlySpan<byte> payload, ResponseBuilder response, out SqliteCode code)
    {
        code = _savepoint.Run();
        if (code != SqliteCode.Ok)
        {
            return StatusMapping.Of(code);
        }

        RsiStatus status;
        try
        {
            SpanReader request = new(payload);
            status = Dispatch(operation, ref request, response);
        }
        catch (StoreFailure failure)
        {
            code = failure.Code;
            status = StatusMapping.Of(code);
        }

        if (status != RsiStatus.Ok && _db.InTransaction)
        {
            _ = _rollbackTo.Run();
        }

        if (_db.InTransaction)
        {
            _ = _release.Run();
        }

        return status;
    }

    /// <summary>True while the batch is open: some failures of SQLite end it.</summary>
    public bool InBatch => _db.InTransaction;

    /// <inheritdoc/>
    public void Dispose()
    {
        _statements.Dispose();
        _db.Dispose();
    }

    private RsiStatus Dispatch(ushort operation, ref SpanReader request, ResponseBuilder response) => (uint)operation switch
    {
        RsiAbi.RSI_CREATE_ENTRY => CreateEntry(ref request),
        RsiAbi.RSI_HIDE_ENTRY => HideEntry(ref request),
        RsiAbi.RSI_DELETE_ENTRY => DeleteEntry(ref request),
        RsiAbi.RSI_CREATE_KEY => CreateKey(ref request),
        RsiAbi.RSI_WRITE_KEY => WriteKey(ref request),
        RsiAbi.RSI_DROP_KEY => DropKey(ref request),
        RsiAbi.RSI_SET_VALUE => SetValue(ref request),
        RsiAbi.RSI_DELETE_VALUE_ENTRY => DeleteValue(ref request),
        RsiAbi.RSI_SET_BLANKET_TOMBSTONE => SetBlanket(ref request),
        RsiAbi.RSI_DELETE_LAYER => DeleteLayer(ref request, response),
        _ => RsiStatus.Invalid,
    };

    private const uint Tombstone = 0xFFFF;

    // u64 sequences live in signed columns (LOREG-024).
    private static bool Storable(ulong sequence) => sequence <= long.MaxValue;

    private static bool IsNil(ReadOnlySpan<byte> guid) => guid.IndexOfAnyExcept((byte)0) < 0;

    private StoreStatements? StoreOf(ReadOnlySpan<byte> key)
    {
        foreach (StoreStatements store in (ReadOnlySpan<StoreStatements>)[_main, _volatile])
        {
            _ = store.FindKey.BindBlob(1, key);
            if (TryFind(store.FindKey, out _))
            {
                return store;
            }
        }

        return null;
    }

    private static bool TryFindEntry(
        StoreStatements store, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> folded, ReadOnlySpan<byte> layer, out long type) =>
        TryFind(BindPath(store.FindEntry, parent, folded, layer), out type);

    private static void InsertEntry(
        StoreStatements store, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> child, ReadOnlySpan<byte> folded,
        ReadOnlySpan<byte> layer, ReadOnlySpan<byte> target, ulong sequence)
    {
        SqliteStatement insert = BindPath(store.InsertEntry, parent, folded, layer);
        _ = insert.BindText(4, child);
        _ = insert.Bind(5, target.IsEmpty ? 1 : 0);
        _ = target.IsEmpty ? insert.BindNull(6) : insert.BindBlob(6, target);
        _ = insert.Bind(7, (long)sequence);
        Execute(insert);
    }

    private static SqliteStatement BindPath(
        SqliteStatement statement, ReadOnlySpan<byte> guid, ReadOnlySpan<byte> folded, ReadOnlySpan<byte> layer)
    {
        _ = statement.BindBlob(1, guid);
        _ = statement.BindText(2, folded);
        _ = statement.BindText(3, layer);
        return statement;
    }

    private static bool TryFind(SqliteStatement select, out long value)
    {
        SqliteCode code = select.Step();
        value = code == SqliteCode.Row ? select.ColumnInt64(0) : 0;
        _ = select.Reset();
        Require(code);
        return code == SqliteCode.Row;
    }

    private static void Execute(SqliteStatement statement) => Require(statement.Run());

    private static void Require(SqliteCode code)
    {
        if (code is not (SqliteCode.Ok or SqliteCode.Row or SqliteCode.Done))
        {
            throw new StoreFailure(code);
        }
    }

    private ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> name)
    {
        int room = name.Length + (name.Length / 2) + 4;
        if (_folded.Length < room)
        {
            _folded = new byte[room];
        }

        return _folded.AsSpan(0, CaseFold.Fold(name, _folded));
    }
}
