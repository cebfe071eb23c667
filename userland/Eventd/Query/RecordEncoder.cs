// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Eventd.Access;
using Peios.Events;
using Peios.Interop.Sqlite;

namespace Eventd.Query;

/// <summary>
/// Turns rows into response messages (EVT-215 to EVT-220): flat maps, payload fields beside the columns, columns winning
/// (EVT-161). Buffers are kept and grow to what the largest message needs.
/// </summary>
internal sealed class RecordEncoder(QueryPlan plan)
{
    /// <summary>Records are sent when they fill this much.</summary>
    private const int ChunkBytes = 64 * 1024;

    // Length, map(2), "status", "ok", "records", array32.
    private const int HeadRoom = 32;

    private byte[] _buffer = new byte[2 * ChunkBytes];
    private int _used = HeadRoom;
    private int _count;
    private RecordVerdict _verdict;

    /// <summary>Enough for a message?</summary>
    internal bool Full => _used >= ChunkBytes;

    /// <summary>Records waiting.</summary>
    internal int Count => _count;

    /// <summary>Adds what the client may see of the current row.</summary>
    internal void Add(SqliteStatement row, in RecordVerdict verdict)
    {
        _verdict = verdict;
        int length;
        while ((length = Encode(row, _buffer.AsSpan(_used))) < 0)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        _used += length;
        _count++;
    }

    /// <summary>The waiting records as one message; valid until the next <see cref="Add"/>.</summary>
    internal ReadOnlySpan<byte> TakeMessage()
    {
        Span<byte> head = stackalloc byte[HeadRoom];
        MsgPackWriter w = new(head);
        w.Map(2);
        w.String("status"u8);
        w.String("ok"u8);
        w.String("records"u8);
        w.Array(_count);
        int start = HeadRoom - w.Length - 4;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start), _used - start - 4);
        w.Written.CopyTo(_buffer.AsSpan(start + 4));
        ReadOnlySpan<byte> message = _buffer.AsSpan(start, _used - start);
        _used = HeadRoom;
        _count = 0;
        return message;
    }

    private int Encode(SqliteStatement row, Span<byte> to)
    {
        MsgPackWriter w = new(to);
        ReadOnlySpan<byte> payload = plan.Logs ? default : row.ColumnBlob(plan.Fields.Length + 1);
        bool map = new MsgPackReader(payload).NextType == MsgPackType.Map && Wellformed(payload);
        int pairs = 0;
        foreach (QueryField field in plan.Fields)
        {
            pairs += Shown(field.Name) ? 1 : 0;
        }

        pairs += map ? Fields(payload, ref w, write: false) : !payload.IsEmpty && Shown("payload") ? 1 : 0;
        w.Map(pairs);
        for (int i = 0; i < plan.Fields.Length; i++)
        {
            if (Shown(plan.Fields[i].Name))
            {
                Column(row, i, ref w);
            }
        }

        if (map)
        {
            _ = Fields(payload, ref w, write: true);
        }
        else if (!payload.IsEmpty && Shown("payload"))
        {
            // A payload that is no map has no field names; a kernel payload may even be no MessagePack.
            w.String("payload"u8);
            if (Wellformed(payload))
            {
                w.Raw(payload);
            }
            else
            {
                w.Binary(payload);
            }
        }

        return w.Ok ? w.Length : -1;
    }

    private bool Shown(string name) => (plan.Select.Count == 0 || plan.Select.Contains(name)) && _verdict.Shows(name);

    private static bool Wellformed(ReadOnlySpan<byte> payload)
    {
        MsgPackReader reader = new(payload);
        return reader.TrySkip() && reader.AtEnd;
    }

    /// <summary>Counts or writes the payload's fields: string keys that no column has.</summary>
    private int Fields(ReadOnlySpan<byte> payload, ref MsgPackWriter w, bool write)
    {
        MsgPackReader r = new(payload);
        _ = r.TryReadMap(out int pairs);
        int shown = 0;
        for (int i = 0; i < pairs; i++)
        {
            if (r.NextType != MsgPackType.String)
            {
                _ = r.TrySkip();
                _ = r.TrySkip();
                continue;
            }

            _ = r.TryReadString(out ReadOnlySpan<byte> key);
            _ = r.TryReadRaw(out ReadOnlySpan<byte> value);
            bool all = plan.Select.Count == 0 && _verdict.All;
            if (IsColumn(key) || (!all && !Shown(System.Text.Encoding.UTF8.GetString(key))))
            {
                continue;
            }

            shown++;
            if (write)
            {
                w.String(key);
                w.Raw(value);
            }
        }

        return shown;
    }

    private static bool IsColumn(ReadOnlySpan<byte> key)
    {
        foreach (QueryField field in QueryField.Events)
        {
            if (System.Text.Ascii.Equals(key, field.Name))
            {
                return true;
            }
        }

        return false;
    }

    private void Column(SqliteStatement row, int index, ref MsgPackWriter w)
    {
        QueryField field = plan.Fields[index];
        int column = index + 1;
        w.String(field.Name);
        if (row.IsNull(column))
        {
            w.Nil();
            return;
        }

        switch (field.Kind)
        {
            case QueryFieldKind.Text:
                w.String(row.ColumnText(column));
                break;
            case QueryFieldKind.Boolean:
                w.Boolean(row.ColumnInt64(column) != 0);
                break;
            case QueryFieldKind.Guid:
                ReadOnlySpan<byte> bytes = row.ColumnBlob(column);
                Span<char> text = stackalloc char[36];
                _ = new Guid(bytes.Length == 16 ? bytes : stackalloc byte[16]).TryFormat(text, out _);
                w.String(text);
                break;
            default:
                w.Int64(row.ColumnInt64(column));
                break;
        }
    }
}
