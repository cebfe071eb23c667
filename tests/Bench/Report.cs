// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Bench;

/// <summary>The table on the terminal and the same as JSON.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Prints a table.</summary>
    public static void Print(IReadOnlyList<Row> rows)
    {
        Console.WriteLine();
        Console.WriteLine($"{"case",-18} {"unit",-15} {"peios",9}  peers");
        foreach (Row row in rows)
        {
            string peers = string.Join(", ", row.Peers.Select(peer => $"{peer.Key} {peer.Value:0.##}"));
            Console.WriteLine($"{row.Case,-18} {row.Unit,-15} {row.Value,9:0.##}  {peers}");
        }
    }

    /// <summary>Writes the rows as a list of case, unit, value and peers.</summary>
    public static void Write(IReadOnlyList<Row> rows, string path) => File.WriteAllText(path, JsonSerializer.Serialize(rows, Format) + "\n");
}
