// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using System.Text.Json;
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
        "msgpack" => new MsgPackSink(context.Binary),
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
        private readonly BufferedStream _output = new(output, 65536);

        public void Add(ReadOnlySpan<byte> record)
        {
            Span<byte> head = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(head, record.Length);
            _output.Write(head);
            _output.Write(record);
        }

        public void Flush() => _output.Flush();
    }

    /// <summary>One JSON object a line.</summary>
    private sealed class JsonLinesSink(ToolContext context) : IRecordSink
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private readonly Utf8JsonWriter _json = new(Stream.Null, ToolContext.JsonOptions);

        public void Add(ReadOnlySpan<byte> record)
        {
            _buffer.ResetWrittenCount();
            _json.Reset(_buffer);
            MsgPackJson.Write(_json, record);
            _json.Flush();
            context.Out.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        }

        public void Flush() => context.Out.Flush();
    }
}
