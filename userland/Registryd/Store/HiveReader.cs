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
/// A read connection of one hive: answers LOOKUP, ENUM_CHILDREN, READ_KEY and QUERY_VALUES from both stores (LOREG-021),
/// each within one snapshot of the file. One thread at a time.
/// </summary>
internal sealed class HiveReader : IDisposable
{
    private const int GuidLength = 16;

    private readonly SqliteDatabase _db;
    private readonly Statements _statements;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _end;
    private readonly SqliteStatement _entries;
    private readonly SqliteStatement _children;
    private readonly SqliteStatement _meta;
    private readonly SqliteStatement _key;
    private readonly SqliteStatement _value;
    private readonly SqliteStatement _values;
    private readonly SqliteStatement _blankets;
    private readonly List<byte[]> _targets = [];
    private byte[] _folded = new byte[2048];

    private HiveReader(SqliteDatabase db)
    {
        _db = db;
        _statements = new Statements(db);
        _begin = _statements.Prepare("BEGIN"u8);
        _end = _statements.Prepare("COMMIT"u8);
        _entries = _statements.Prepare("""
            SELECT layer, target_type, target_guid, sequence FROM main.path_entries WHERE parent_guid = ?1 AND child_name_folded = ?2
            UNION ALL
            SELECT layer, target_type, target_guid, sequence FROM volatile.path_entries WHERE parent_guid = ?1 AND child_name_folded = ?2
            """u8);
        _children = _statements.Prepare("""
            SELECT layer, target_type, target_guid, sequence, child_name, child_name_folded FROM main.path_entries WHERE parent_guid = ?1
            UNION ALL
            SELECT layer, target_type, target_guid, sequence, child_name, child_name_folded FROM volatile.path_entries WHERE parent_guid = ?1
            ORDER BY 6, 4
            """u8);
        _meta = _statements.Prepare("""
            SELECT sd, 0, symlink, last_write_time FROM main.keys WHERE guid = ?1
            UNION ALL
            SELECT sd, 1, symlink, last_write_time FROM volatile.keys WHERE guid = ?1
            """u8);
        _key = _statements.Prepare("""
            SELECT name, parent_guid, sd, 0, symlink, last_write_time FROM main.keys WHERE guid = ?1
            UNION ALL
            SELECT name, parent_guid, sd, 1, symlink, last_write_time FROM volatile.keys WHERE guid = ?1
            """u8);
        _value = _statements.Prepare("""
            SELECT name, layer, type, data, sequence FROM main."values" WHERE key_guid = ?1 AND name_folded = ?2
            UNION ALL
            SELECT name, layer, type, data, sequence FROM volatile."values" WHERE key_guid = ?1 AND name_folded = ?2
            """u8);
        _values = _statements.Prepare("""
            SELECT name, layer, type, data, sequence FROM main."values" WHERE key_guid = ?1
            UNION ALL
            SELECT name, layer, type, data, sequence FROM volatile."values" WHERE key_guid = ?1
            """u8);
        _blankets = _statements.Prepare("""
            SELECT layer, sequence FROM main.blanket_tombstones WHERE key_guid = ?1
            UNION ALL
            SELECT layer, sequence FROM volatile.blanket_tombstones WHERE key_guid = ?1
            """u8);
    }

    /// <summary>Opens a read connection of a prepared hive.</summary>
    public static StoreError Open(HiveFile file, out HiveReader? reader)
    {
        reader = null;
        StoreError error = file.Connect(out SqliteDatabase? db);
        if (!error.Ok)
        {
            return error;
        }

        reader = new HiveReader(db!);
        error = reader._statements.Error;
        if (!error.Ok)
        {
            reader.Dispose();
            reader = null;
        }

        return error;
    }

    /// <summary>Runs one read request inside a snapshot.</summary>
    /// <param name="operation">One of the four.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="response">Begun; gets the fields.</param>
    /// <param name="code">SQLite's code when the status is a failure of the store.</param>
    public RsiStatus Run(ushort operation, ReadOnlySpan<byte> payload, ResponseBuilder response, out SqliteCode code)
    {
        code = _begin.Run();
        if (code != SqliteCode.Ok)
        {
            return StatusMapping.Of(code);
        }

        SpanReader request = new(payload);
        RsiStatus status = operation switch
        {
            (ushort)RsiAbi.RSI_LOOKUP => Lookup(ref request, response, out code),
            (ushort)RsiAbi.RSI_ENUM_CHILDREN => EnumChildren(ref request, response, out code),
            (ushort)RsiAbi.RSI_READ_KEY => ReadKey(ref request, response, out code),
            _ => QueryValues(ref request, response, out code),
        };
        SqliteCode ended = _end.Run();
        if (status == RsiStatus.Ok && ended != SqliteCode.Ok)
        {
            code = ended;
            status = StatusMapping.Of(ended);
        }

        return status;
    }

    /// <summary>Does this hive hold a key?</summary>
    public bool Holds(ReadOnlySpan<byte> guid)
    {
        _ = _meta.BindBlob(1, guid);
        bool found = _meta.Step() == SqliteCode.Row;
        _ = _meta.Reset();
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _statements.Dispose();
        _db.Dispose();
    }

    private RsiStatus Lookup(ref SpanReader request, ResponseBuilder response, out SqliteCode code)
    {
        ReadOnlySpan<byte> parent = request.Bytes(GuidLength);
        ReadOnlySpan<byte> child = request.LengthPrefixed();
        code = SqliteCode.Ok;
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        if (!Holds(parent))
        {
            return RsiStatus.NotFound;
        }

        _ = _entries.BindBlob(1, parent);
        _ = _entries.BindText(2, Fold(child));
        _targets.Clear();
        int count = 0;
        int countAt = response.ReserveCount();
        while ((code = _entries.Step()) == SqliteCode.Row)
        {
            PutEntry(_entries, response);
            count++;
        }

        _ = _entries.Reset();
        response.SetCount(countAt, count);
        return code == SqliteCode.Done ? PutMetas(response, out code) : StatusMapping.Of(code);
    }

    private RsiStatus EnumChildren(ref SpanReader request, ResponseBuilder response, out SqliteCode code)
    {
        ReadOnlySpan<byte> parent = request.Bytes(GuidLength);
        code = SqliteCode.Ok;
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        if (!Holds(parent))
        {
            return RsiStatus.NotFound;
        }

        _ = _children.BindBlob(1, parent);
        _targets.Clear();
        byte[] current = [];
        int children = 0;
        int entries = 0;
        int entriesAt = 0;
        int childrenAt = response.ReserveCount();
        response.LimitList();
        while ((code = _children.Step()) == SqliteCode.Row)
        {
            if (response.Overflowed)
            {
                return Stop(_children, out code);
            }

            ReadOnlySpan<byte> folded = _children.ColumnText(5);
            if (children == 0 || !folded.SequenceEqual(current))
            {
                current = folded.ToArray();
                response.Bytes(_children.ColumnText(4));
                entriesAt = response.ReserveCount();
                entries = 0;
                children++;
            }

            PutEntry(_children, response);
            response.SetCount(entriesAt, ++entries);
        }

        _ = _children.Reset();
        response.SetCount(childrenAt, children);
        return code == SqliteCode.Done ? PutMetas(response, out code) : StatusMapping.Of(code);
    }

    private RsiStatus ReadKey(ref SpanReader request, ResponseBuilder response, out SqliteCode code)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        code = SqliteCode.Ok;
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        _ = _key.BindBlob(1, guid);
        code = _key.Step();
        RsiStatus status = code == SqliteCode.Done ? RsiStatus.NotFound : StatusMapping.Of(code);
        if (code == SqliteCode.Row)
        {
            response.Bytes(_key.ColumnText(0));
            PutGuid(_key.ColumnBlob(1), response);
            response.Bytes(_key.ColumnBlob(2));
            response.U8((byte)_key.ColumnInt64(3));
            response.U8((byte)_key.ColumnInt64(4));
            response.U64((ulong)_key.ColumnInt64(5));
        }

        _ = _key.Reset();
        return status;
    }

    private RsiStatus QueryValues(ref SpanReader request, ResponseBuilder response, out SqliteCode code)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        ReadOnlySpan<byte> name = request.LengthPrefixed();
        byte all = request.U8();
        code = SqliteCode.Ok;
        if (!request.Ok || all > 1)
        {
            return RsiStatus.Invalid;
        }

        if (!Holds(guid))
        {
            return RsiStatus.NotFound;
        }

        SqliteStatement select = all == 1 ? _values : _value;
        _ = select.BindBlob(1, guid);
        if (all == 0)
        {
            _ = select.BindText(2, Fold(name));
        }

        int count = 0;
        int countAt = response.ReserveCount();
        if (all == 1)
        {
            response.LimitList();
        }

        while ((code = select.Step()) == SqliteCode.Row)
        {
            if (response.Overflowed)
            {
                return Stop(select, out code);
            }

            response.Bytes(select.ColumnText(0));
            response.Bytes(select.ColumnText(1));
            response.U32((uint)select.ColumnInt64(2));
            response.Bytes(select.ColumnBlob(3));
            response.U64((ulong)select.ColumnInt64(4));
            count++;
        }

        _ = select.Reset();
        response.SetCount(countAt, count);
        return code == SqliteCode.Done ? PutBlankets(guid, response, out code) : StatusMapping.Of(code);
    }

    private RsiStatus PutBlankets(ReadOnlySpan<byte> guid, ResponseBuilder response, out SqliteCode code)
    {
        _ = _blankets.BindBlob(1, guid);
        int count = 0;
        int countAt = response.ReserveCount();
        while ((code = _blankets.Step()) == SqliteCode.Row)
        {
            response.Bytes(_blankets.ColumnText(0));
            response.U64((ulong)_blankets.ColumnInt64(1));
            count++;
        }

        _ = _blankets.Reset();
        response.SetCount(countAt, count);
        return StatusMapping.Of(code);
    }

    private static RsiStatus Stop(SqliteStatement list, out SqliteCode code)
    {
        _ = list.Reset();
        code = SqliteCode.Ok;
        return RsiStatus.TooLarge;
    }

    private void PutEntry(SqliteStatement row, ResponseBuilder response)
    {
        bool hidden = row.ColumnInt64(1) == RsiAbi.RSI_TARGET_HIDDEN;
        response.Bytes(row.ColumnText(0));
        response.U8(hidden ? (byte)1 : (byte)0);
        PutGuid(row.ColumnBlob(2), response);
        response.U64((ulong)row.ColumnInt64(3));
        if (!hidden)
        {
            // A GUID has one entry in its life (LCS-061): no duplicates to look for.
            _targets.Add(row.ColumnBlob(2).ToArray());
        }
    }

    private RsiStatus PutMetas(ResponseBuilder response, out SqliteCode code)
    {
        code = SqliteCode.Ok;
        int count = 0;
        int countAt = response.ReserveCount();
        foreach (byte[] guid in _targets)
        {
            if (response.Overflowed)
            {
                return RsiStatus.TooLarge;
            }

            _ = _meta.BindBlob(1, guid);
            code = _meta.Step();
            if (code == SqliteCode.Row)
            {
                response.Raw(guid);
                response.Bytes(_meta.ColumnBlob(0));
                response.U8((byte)_meta.ColumnInt64(1));
                response.U8((byte)_meta.ColumnInt64(2));
                response.U64((ulong)_meta.ColumnInt64(3));
                count++;
            }

            _ = _meta.Reset();
            if (code is not (SqliteCode.Row or SqliteCode.Done))
            {
                return StatusMapping.Of(code);
            }
        }

        response.SetCount(countAt, count);
        return RsiStatus.Ok;
    }

    private static void PutGuid(ReadOnlySpan<byte> stored, ResponseBuilder response)
    {
        Span<byte> guid = stackalloc byte[GuidLength];
        guid.Clear();
        if (stored.Length == GuidLength)
        {
            stored.CopyTo(guid);
        }

        response.Raw(guid);
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
