// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Peios.Events;

namespace Tools.Evctl;

/// <summary>A record taken apart for people: known columns by name, the rest as <c>key=value</c>.</summary>
internal sealed class RecordView
{
    private readonly Dictionary<string, string> _columns = [];
    private readonly StringBuilder _rest = new();

    /// <param name="record">A MessagePack map.</param>
    /// <param name="columns">Keys to keep apart.</param>
    /// <param name="hidden">Keys to leave out.</param>
    internal RecordView(ReadOnlySpan<byte> record, string[] columns, string[] hidden)
    {
        MsgPackReader r = new(record);
        _ = r.TryReadMap(out int pairs);
        for (int i = 0; i < pairs && r.TryReadString(out ReadOnlySpan<byte> name) && r.TryReadRaw(out ReadOnlySpan<byte> value); i++)
        {
            string key = Encoding.UTF8.GetString(name);
            if (Array.IndexOf(columns, key) >= 0)
            {
                _columns[key] = Text(key, value);
            }
            else if (Array.IndexOf(hidden, key) < 0)
            {
                _rest.Append(_rest.Length == 0 ? string.Empty : " ").Append(key).Append('=').Append(Text(key, value));
            }
        }
    }

    /// <summary>Everything else.</summary>
    internal string Rest => _rest.ToString();

    /// <summary>A column; null when absent or nil.</summary>
    internal string? this[string column] => _columns.TryGetValue(column, out string? text) && text != "null" ? text : null;

    /// <summary>A timestamp column as local time without the year, which jsonl has; its text when it is none.</summary>
    internal string Time()
    {
        if (!long.TryParse(this["timestamp"], out long nanoseconds))
        {
            return this["timestamp"] ?? "-";
        }

        DateTime time = DateTime.UnixEpoch.AddTicks(nanoseconds / 100).ToLocalTime();
        return time.ToString("MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Text(string key, ReadOnlySpan<byte> value)
    {
        MsgPackReader r = new(value);
        switch (r.NextType)
        {
            case MsgPackType.String when r.TryReadString(out ReadOnlySpan<byte> text):
                return Encoding.UTF8.GetString(text);
            case MsgPackType.Binary when r.TryReadBinary(out ReadOnlySpan<byte> bytes):
                return MsgPackJson.BinaryText(key, bytes) ?? Convert.ToHexStringLower(bytes);
            default:
                ArrayBufferWriter<byte> buffer = new();
                using (Utf8JsonWriter json = new(buffer))
                {
                    MsgPackJson.Write(json, value);
                }

                return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }
}
