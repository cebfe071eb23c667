// SPDX-License-Identifier: MIT
using System;
using System.Text.Unicode;
using Peios.Events;

namespace Eventd.Logs;

/// <summary>One log record over the datagram it came in (EVT-091).</summary>
internal ref struct LogRecord
{
    /// <summary>Service or component, as it calls itself.</summary>
    internal ReadOnlySpan<byte> Origin;

    /// <summary>Error stream, or marked as error.</summary>
    internal bool IsError;

    /// <summary>One line of text.</summary>
    internal ReadOnlySpan<byte> Message;

    /// <summary>Sender's time, ns; 0 when absent.</summary>
    internal ulong Timestamp;

    private const int HasOrigin = 1;
    private const int HasError = 2;
    private const int HasMessage = 4;

    /// <summary>
    /// How many records a datagram holds: 1 for a map, n for an array, -1 when it is neither or not MessagePack as a
    /// whole (EVT-097). The reader stands at the first record.
    /// </summary>
    internal static int Count(ReadOnlySpan<byte> datagram, out MsgPackReader reader)
    {
        MsgPackReader whole = new(datagram);
        reader = new MsgPackReader(datagram);
        if (!whole.TrySkip() || !whole.AtEnd)
        {
            return -1;
        }

        return reader.NextType switch
        {
            MsgPackType.Map => 1,
            MsgPackType.Array when reader.TryReadArray(out int count) => count,
            _ => -1,
        };
    }

    /// <summary>
    /// Reads the next record; false when it lacks a key or has one of the wrong type, the reader then stands behind it
    /// all the same (EVT-098, EVT-099). Unknown keys are ignored (EVT-096).
    /// </summary>
    internal static bool TryRead(ref MsgPackReader reader, out LogRecord record)
    {
        record = default;
        if (!reader.TryReadRaw(out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        MsgPackReader map = new(bytes);
        if (map.NextType != MsgPackType.Map || !map.TryReadMap(out int pairs))
        {
            return false;
        }

        int seen = 0;
        for (int i = 0; i < pairs; i++)
        {
            ReadOnlySpan<byte> key = default;
            bool good = map.NextType == MsgPackType.String ? map.TryReadString(out key) : map.TrySkip();
            if (key.SequenceEqual("origin"u8))
            {
                seen |= HasOrigin;
                good = map.TryReadString(out record.Origin) && Utf8.IsValid(record.Origin);
            }
            else if (key.SequenceEqual("is_error"u8))
            {
                seen |= HasError;
                good = map.TryReadBoolean(out record.IsError);
            }
            else if (key.SequenceEqual("message"u8))
            {
                seen |= HasMessage;
                good = map.TryReadString(out record.Message) && Utf8.IsValid(record.Message);
            }
            else if (key.SequenceEqual("timestamp"u8))
            {
                good = map.TryReadUInt64(out record.Timestamp);
            }
            else
            {
                good = good && map.TrySkip();
            }

            if (!good)
            {
                return false;
            }
        }

        return seen == (HasOrigin | HasError | HasMessage);
    }
}
