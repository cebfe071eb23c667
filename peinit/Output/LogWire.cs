// SPDX-License-Identifier: MIT
using System;
using Peios.Events;

namespace Peinit.Output;

/// <summary>One record as a msgpack map (EVT-091, PEINIT-419).</summary>
internal static class LogWire
{
    /// <returns>Bytes written, 0 when the record does not fit.</returns>
    internal static int Write(in LogRecord record, Span<byte> destination)
    {
        MsgPackWriter writer = new(destination);
        writer.Map(record.JobId is null ? 4 : 5);
        writer.String("origin"u8);
        writer.String(record.Origin);
        writer.String("is_error"u8);
        writer.Boolean(record.IsError);
        writer.String("message"u8);
        writer.String(record.Message.AsSpan());
        writer.String("timestamp"u8);
        writer.UInt64(record.Timestamp);
        if (record.JobId is not null)
        {
            writer.String("job_id"u8);
            writer.String(record.JobId);
        }

        return writer.Written.Length;
    }
}
