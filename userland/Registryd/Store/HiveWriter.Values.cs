// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Sqlite;
using Registryd.Serve;

namespace Registryd.Store;

/// <content>Values, blankets, whole layers.</content>
internal sealed partial class HiveWriter
{
    private RsiStatus SetValue(ref SpanReader request)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        ReadOnlySpan<byte> name = request.LengthPrefixed();
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        uint type = request.U32();
        ReadOnlySpan<byte> data = request.LengthPrefixed();
        ulong sequence = request.U64();
        ulong expected = request.U64();
        if (!request.Ok || !Storable(sequence))
        {
            return RsiStatus.Invalid;
        }

        StoreStatements? store = StoreOf(guid);
        if (store is null)
        {
            return RsiStatus.NotFound;
        }

        ReadOnlySpan<byte> folded = Fold(name);
        if (expected != 0 && (!TryFind(BindPath(store.FindValue, guid, folded, layer), out long current) || (ulong)current != expected))
        {
            return RsiStatus.CasFailed;
        }

        SqliteStatement put = BindPath(store.PutValue, guid, folded, layer);
        _ = put.BindText(4, name);
        _ = put.Bind(5, type);
        _ = type == Tombstone ? put.BindNull(6) : put.BindBlob(6, data);
        _ = put.Bind(7, (long)sequence);
        Execute(put);
        return RsiStatus.Ok;
    }

    private RsiStatus DeleteValue(ref SpanReader request)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        ReadOnlySpan<byte> name = request.LengthPrefixed();
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        ReadOnlySpan<byte> folded = Fold(name);
        Execute(BindPath(_main.DeleteValue, guid, folded, layer));
        Execute(BindPath(_volatile.DeleteValue, guid, folded, layer));
        return RsiStatus.Ok;
    }

    private RsiStatus SetBlanket(ref SpanReader request)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        byte set = request.U8();
        ulong sequence = request.U64();
        if (!request.Ok || set > 1 || !Storable(sequence))
        {
            return RsiStatus.Invalid;
        }

        StoreStatements? store = StoreOf(guid);
        if (store is null)
        {
            return RsiStatus.NotFound;
        }

        SqliteStatement statement = set == 1 ? store.PutBlanket : store.DeleteBlanket;
        _ = statement.BindBlob(1, guid);
        _ = statement.BindText(2, layer);
        if (set == 1)
        {
            _ = statement.Bind(3, (long)sequence);
        }

        Execute(statement);
        return RsiStatus.Ok;
    }

    private RsiStatus DeleteLayer(ref SpanReader request, ResponseBuilder response)
    {
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        _ = _layerOrphans.BindText(1, layer);
        SqliteCode code;
        while ((code = _layerOrphans.Step()) == SqliteCode.Row)
        {
            response.Raw(_layerOrphans.ColumnBlob(0));
        }

        _ = _layerOrphans.Reset();
        Require(code);
        foreach (StoreStatements store in (ReadOnlySpan<StoreStatements>)[_main, _volatile])
        {
            foreach (SqliteStatement delete in (ReadOnlySpan<SqliteStatement>)[store.LayerEntries, store.LayerValues, store.LayerBlankets])
            {
                _ = delete.BindText(1, layer);
                Execute(delete);
            }
        }

        return RsiStatus.Ok;
    }
}
