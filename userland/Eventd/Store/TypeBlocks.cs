// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Peios.Interop.Sqlite;

namespace Eventd.Store;

/// <summary>
/// Which event types every so many rows of a shard may hold, as a Bloom filter beside the rows: what lets a query for a
/// rare type look at few of them, at a fraction of what an index costs. A filter only ever says "not here", rows without
/// one are always looked at, and row IDs only grow: no crash and no deletion makes it wrong.
/// </summary>
internal sealed class TypeBlocks : IDisposable
{
    /// <summary>Rows of a block, at least.</summary>
    internal const int Rows = 128;

    private const int Bytes = 128;
    private const int Newest = 64;
    private const int WorthIt = 5; // at most one row in so many is to be looked at

    private readonly SqliteStatement _insert;
    private readonly byte[] _types = new byte[Bytes];
    private long _first;

    private TypeBlocks(SqliteStatement insert) => _insert = insert;

    /// <summary>Creation of the table, in shards of earlier versions too.</summary>
    internal static ReadOnlySpan<byte> Schema =>
        "CREATE TABLE IF NOT EXISTS type_blocks(first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, types BLOB NOT NULL)"u8;

    /// <summary>Removes what speaks of deleted rows alone.</summary>
    internal static ReadOnlySpan<byte> Trim =>
        "DELETE FROM type_blocks WHERE last_id < (SELECT min(id) FROM events)"u8;

    /// <summary>Prepares the writer's part.</summary>
    internal static bool TryOpen(SqliteDatabase db, [NotNullWhen(true)] out TypeBlocks? blocks)
    {
        blocks = db.Execute(Schema) == SqliteCode.Ok
            && db.TryPrepare("INSERT INTO type_blocks VALUES(?,?,?)"u8, out SqliteStatement? insert, out _)
            ? new TypeBlocks(insert)
            : null;
        return blocks is not null;
    }

    /// <summary>A row of this type is about to be inserted.</summary>
    internal void Note(ReadOnlySpan<byte> type)
    {
        ulong hash = Hash(type);
        for (int i = 0; i < 4; i++, hash >>= 10)
        {
            _types[(hash >> 3) & (Bytes - 1)] |= (byte)(1 << ((int)hash & 7));
        }
    }

    /// <summary>The noted rows are inserted: so many, the last with this ID.</summary>
    internal SqliteCode Inserted(long lastId, int count)
    {
        _first = _first == 0 ? lastId - count + 1 : _first;
        if (lastId - _first + 1 < Rows)
        {
            return SqliteCode.Ok;
        }

        _ = _insert.Bind(1, _first);
        _ = _insert.Bind(2, lastId);
        _ = _insert.BindBlob(3, _types);
        Forget();
        return _insert.Run();
    }

    /// <summary>The transaction is rolled back: what it inserted gets no filter.</summary>
    internal void Forget()
    {
        _first = 0;
        Array.Clear(_types);
    }

    /// <summary>
    /// Ranges of row IDs that may hold the type; null when there are too many for it to be worth it, or no filters at all.
    /// </summary>
    internal static List<(long First, long Last)>? Find(SqliteDatabase db, ReadOnlySpan<byte> type)
    {
        ulong hash = Hash(type);
        // A type that is frequent among the newest rows is found faster by walking back from them.
        if (!db.TryPrepare("SELECT first_id, last_id, types FROM type_blocks ORDER BY first_id DESC LIMIT ?"u8, out SqliteStatement? newest, out _))
        {
            return null;
        }

        using (newest)
        {
            _ = newest.Bind(1, Newest);
            int seen = 0;
            int holding = 0;
            while (newest.Step() == SqliteCode.Row)
            {
                seen++;
                holding += MayHold(newest.ColumnBlob(2), hash) ? 1 : 0;
            }

            if (seen == 0 || holding * WorthIt > seen)
            {
                return null;
            }
        }

        return TryOldest(db, out long oldest) ? Ranges(db, hash, oldest) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _insert.Dispose();

    private static List<(long First, long Last)>? Ranges(SqliteDatabase db, ulong hash, long oldest)
    {
        if (!db.TryPrepare("SELECT first_id, last_id, types FROM type_blocks ORDER BY first_id"u8, out SqliteStatement? blocks, out _))
        {
            return null;
        }

        using (blocks)
        {
            List<(long First, long Last)> ranges = [];
            long reached = oldest - 1;
            long rows = 0;
            SqliteCode code;
            while ((code = blocks.Step()) == SqliteCode.Row)
            {
                (long first, long last) = (blocks.ColumnInt64(0), blocks.ColumnInt64(1));
                if (first > reached + 1)
                {
                    ranges.Add((reached + 1, first - 1)); // rows without a filter
                    rows += first - 1 - reached;
                }

                if (MayHold(blocks.ColumnBlob(2), hash))
                {
                    ranges.Add((Math.Max(first, reached + 1), last));
                    rows += last - first + 1;
                }

                reached = Math.Max(reached, last);
            }

            ranges.Add((reached + 1, long.MaxValue));
            return code == SqliteCode.Done && rows * WorthIt <= reached - oldest ? ranges : null;
        }
    }

    private static bool TryOldest(SqliteDatabase db, out long id)
    {
        id = 0;
        if (!db.TryPrepare("SELECT min(id) FROM events"u8, out SqliteStatement? select, out _))
        {
            return false;
        }

        using (select)
        {
            bool found = select.Step() == SqliteCode.Row && !select.IsNull(0);
            id = found ? select.ColumnInt64(0) : 0;
            return found;
        }
    }

    private static bool MayHold(ReadOnlySpan<byte> types, ulong hash)
    {
        bool all = types.Length == Bytes;
        for (int i = 0; i < 4 && all; i++, hash >>= 10)
        {
            all = (types[(int)(hash >> 3) & (Bytes - 1)] & (1 << ((int)hash & 7))) != 0;
        }

        return all || types.Length != Bytes;
    }

    /// <summary>Alike for types that differ in the case of ASCII letters (EVT-155).</summary>
    private static ulong Hash(ReadOnlySpan<byte> type)
    {
        const ulong Fold = 0x2020_2020_2020_2020;
        const ulong Odd = 0x9E37_79B9_7F4A_7C15;
        ulong hash = (ulong)type.Length * Odd;
        while (type.Length >= 8)
        {
            hash = Mix(hash ^ (MemoryMarshal.Read<ulong>(type) | Fold));
            type = type[8..];
        }

        ulong rest = 0;
        foreach (byte b in type)
        {
            rest = (rest << 8) | b;
        }

        return Mix(hash ^ (rest | Fold));

        static ulong Mix(ulong x)
        {
            x *= Odd;
            return x ^ (x >> 32);
        }
    }
}
