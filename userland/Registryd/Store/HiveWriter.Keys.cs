// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Rsi;
using Peios.Interop.Sqlite;
using Registryd.Serve;

namespace Registryd.Store;

/// <content>Path entries and key records.</content>
internal sealed partial class HiveWriter
{
    private RsiStatus CreateEntry(ref SpanReader request)
    {
        ReadOnlySpan<byte> parent = request.Bytes(GuidLength);
        ReadOnlySpan<byte> child = request.LengthPrefixed();
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        ReadOnlySpan<byte> target = request.Bytes(GuidLength);
        ulong sequence = request.U64();
        if (!request.Ok || !Storable(sequence) || IsNil(target))
        {
            return RsiStatus.Invalid;
        }

        if (StoreOf(parent) is null)
        {
            return RsiStatus.NotFound;
        }

        ReadOnlySpan<byte> folded = Fold(child);
        foreach (StoreStatements store in (ReadOnlySpan<StoreStatements>)[_main, _volatile])
        {
            // A HIDDEN row of the layer gives way (LOREG-036).
            if (TryFindEntry(store, parent, folded, layer, out long type))
            {
                if (type == RsiAbi.RSI_TARGET_GUID)
                {
                    return RsiStatus.AlreadyExists;
                }

                Execute(BindPath(store.DeleteEntry, parent, folded, layer));
            }
        }

        InsertEntry(StoreOf(target) ?? _main, parent, child, folded, layer, target, sequence);
        return RsiStatus.Ok;
    }

    private RsiStatus HideEntry(ref SpanReader request)
    {
        ReadOnlySpan<byte> parent = request.Bytes(GuidLength);
        ReadOnlySpan<byte> child = request.LengthPrefixed();
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        ulong sequence = request.U64();
        if (!request.Ok || !Storable(sequence))
        {
            return RsiStatus.Invalid;
        }

        StoreStatements? store = StoreOf(parent);
        if (store is null)
        {
            return RsiStatus.NotFound;
        }

        ReadOnlySpan<byte> folded = Fold(child);
        Execute(BindPath(_main.DeleteEntry, parent, folded, layer));
        Execute(BindPath(_volatile.DeleteEntry, parent, folded, layer));
        InsertEntry(store, parent, child, folded, layer, default, sequence);
        return RsiStatus.Ok;
    }

    private RsiStatus DeleteEntry(ref SpanReader request)
    {
        ReadOnlySpan<byte> parent = request.Bytes(GuidLength);
        ReadOnlySpan<byte> child = request.LengthPrefixed();
        ReadOnlySpan<byte> layer = request.LengthPrefixed();
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        ReadOnlySpan<byte> folded = Fold(child);
        Execute(BindPath(_main.DeleteEntry, parent, folded, layer));
        Execute(BindPath(_volatile.DeleteEntry, parent, folded, layer));
        return RsiStatus.Ok;
    }

    private RsiStatus CreateKey(ref SpanReader request)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        ReadOnlySpan<byte> name = request.LengthPrefixed();
        ReadOnlySpan<byte> parent = request.Bytes(GuidLength);
        ReadOnlySpan<byte> security = request.LengthPrefixed();
        byte isVolatile = request.U8();
        byte symlink = request.U8();
        if (!request.Ok || isVolatile > 1 || symlink > 1 || IsNil(guid) || IsNil(parent))
        {
            return RsiStatus.Invalid;
        }

        if (StoreOf(guid) is not null)
        {
            return RsiStatus.AlreadyExists;
        }

        StoreStatements store = isVolatile == 1 ? _volatile : _main;
        _ = store.InsertKey.BindBlob(1, guid);
        _ = store.InsertKey.BindText(2, name);
        _ = store.InsertKey.BindText(3, Fold(name));
        _ = store.InsertKey.BindBlob(4, parent);
        _ = store.InsertKey.BindBlob(5, security);
        _ = store.InsertKey.Bind(6, isVolatile);
        _ = store.InsertKey.Bind(7, symlink);
        _ = store.InsertKey.Bind(8, (long)Clock.Realtime);
        Execute(store.InsertKey);
        if (isVolatile == 1)
        {
            // Its entry came first and could not know (LOREG-020).
            _ = _moveEntries.BindBlob(1, guid);
            Execute(_moveEntries);
            _ = _forgetMoved.BindBlob(1, guid);
            Execute(_forgetMoved);
        }

        return RsiStatus.Ok;
    }

    private RsiStatus WriteKey(ref SpanReader request)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        uint mask = request.U32();
        bool security = (mask & RsiAbi.RSI_FIELD_SD) != 0;
        bool time = (mask & RsiAbi.RSI_FIELD_LAST_WRITE_TIME) != 0;
        ReadOnlySpan<byte> descriptor = security ? request.LengthPrefixed() : default;
        ulong written = time ? request.U64() : 0;
        if (!request.Ok || mask > 3)
        {
            return RsiStatus.Invalid;
        }

        StoreStatements? store = StoreOf(guid);
        if (store is null)
        {
            return RsiStatus.NotFound;
        }

        if (mask == 0)
        {
            return RsiStatus.Ok;
        }

        SqliteStatement update = security && time ? store.UpdateBoth : security ? store.UpdateSecurity : store.UpdateTime;
        _ = update.BindBlob(1, guid);
        if (security)
        {
            _ = update.BindBlob(2, descriptor);
        }

        if (time)
        {
            _ = update.Bind(security ? 3 : 2, (long)written);
        }

        Execute(update);
        return RsiStatus.Ok;
    }

    private RsiStatus DropKey(ref SpanReader request)
    {
        ReadOnlySpan<byte> guid = request.Bytes(GuidLength);
        if (!request.Ok)
        {
            return RsiStatus.Invalid;
        }

        foreach (StoreStatements store in (ReadOnlySpan<StoreStatements>)[_main, _volatile])
        {
            foreach (SqliteStatement delete in (ReadOnlySpan<SqliteStatement>)[store.DropEntries, store.DropValues, store.DropBlankets, store.DropKey])
            {
                _ = delete.BindBlob(1, guid);
                Execute(delete);
            }
        }

        return RsiStatus.Ok;
    }
}
