// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO;
using Peios.Events;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary>The output formats.</summary>
internal static class RecordSinks
{
    /// <summary>The sink of that name, or null.</summary>
    internal static IRecordSink? Create(string format, ToolContext context, string query) => format switch
    {
        "pretty" => query.StartsWith("LOGS", StringComparison.OrdinalIgnoreCase) ? new LogLines(context) : new EventLines(context),
        "jsonl" => new JsonLinesSink(context),
        "msgpack" => new MsgPackSink(Console.OpenStandardOutput()),
        _ => null,
    };

    /// <summary>Gives each record of a message to the sink.</summary>
    internal static void Feed(IRecordSink sink, (byte[] Bytes, int Offset, int Count) records)
    {
        MsgPackReader r = new(records.Bytes.AsSpan(records.Offset));
        for (int i = 0; i < records.Count && r.TryReadRaw(out ReadOnlySpan<byte> record); i++)
        {
            sink.Add(record);
        }
    }

    /// <summary>u32 length and record, as they came (CLI-022).</summary>
    private sealed class MsgPackSink(Stream output) : IRecordSink
    {
        public void Add(ReadOnlySpan<byte> record)
        {
            Span<byte> head = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(head, record.Length);
            output.Write(head);
            output.Write(record);
        }

        public void Flush() => output.Flush();
    }

    /// <summary>One JSON object a line.</summary>
    private sealed class JsonLinesSink(ToolContext context) : IRecordSink
    {
        public void Add(ReadOnlySpan<byte> record)
        {
            byte[] copy = record.ToArray();
            context.WriteJson(w => MsgPackJson.Write(w, copy));
        }

        public void Flush() => context.Out.Flush();
    }
}
