// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace EventBench;

/// <summary>The file with the rows of all benchmarks.</summary>
internal static class Results
{
    /// <summary>Puts our rows into the file, in the place of those of an earlier run.</summary>
    internal static void Merge(IReadOnlyList<Row> rows, string path)
    {
        byte[] before = File.Exists(path) ? File.ReadAllBytes(path) : "[]"u8.ToArray();
        using JsonDocument document = JsonDocument.Parse(before);
        using FileStream file = File.Create(path);
        using Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            if (!row.GetProperty("case").GetString()!.StartsWith("eventd.", System.StringComparison.Ordinal))
            {
                row.WriteTo(json);
            }
        }

        foreach (Row row in rows)
        {
            json.WriteStartObject();
            json.WriteString("case", row.Case);
            json.WriteString("unit", row.Unit);
            json.WriteNumber("value", row.Value);
            json.WriteStartObject("peers");
            foreach ((string peer, double value) in row.Peers)
            {
                json.WriteNumber(peer, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
