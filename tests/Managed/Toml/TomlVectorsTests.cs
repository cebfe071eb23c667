// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Peios.Tests;
using Peios.Toml;
using Xunit;

namespace Tests.Managed.Toml;

/// <summary>The public toml-test corpus: each valid document must give the tagged values, each invalid one an error.</summary>
public class TomlVectorsTests
{
    [Fact]
    public void Corpus_EveryCase_AgreesWithTheReference()
    {
        string? folder = Vectors.Folder("toml-test");
        if (folder is null)
        {
            return;
        }

        List<string> failures = [];
        string tests = Path.Combine(folder, "tests");
        int count = 0;
        foreach (string line in File.ReadLines(Path.Combine(tests, "files-toml-1.0.0")))
        {
            if (!line.EndsWith(".toml", StringComparison.Ordinal))
            {
                continue;
            }

            count++;
            byte[] document = File.ReadAllBytes(Path.Combine(tests, line));
            bool ok = TomlDocument.TryParse(document, out TomlTable? root, out TomlError error);
            if (line.StartsWith("invalid/", StringComparison.Ordinal))
            {
                if (ok)
                {
                    failures.Add($"{line}: accepted");
                }

                continue;
            }

            if (!ok)
            {
                failures.Add($"{line}: {error}");
                continue;
            }

            using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(tests, Path.ChangeExtension(line, "json"))));
            if (!Same(root!, expected.RootElement))
            {
                failures.Add($"{line}: other values");
            }
        }

        Assert.True(count > 300, "corpus list is too short");
        Assert.Empty(failures);
    }

    [Fact]
    public void Nesting_BeyondTheLimit_IsRefused()
    {
        string deep = "a = " + new string('[', 100_000);
        Assert.False(TomlDocument.TryParse(System.Text.Encoding.UTF8.GetBytes(deep), out _, out TomlError error));
        Assert.Contains("nested", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        Random random = new(1);
        byte[] alphabet = "[]{}=\"'\\#.,:-+_ \t\r\nabtfn0123xoeTZu\u00e9"u8.ToArray();
        byte[] buffer = new byte[64];
        for (int i = 0; i < 20_000; i++)
        {
            for (int j = 0; j < buffer.Length; j++)
            {
                buffer[j] = alphabet[random.Next(alphabet.Length)];
            }

            bool ok = TomlDocument.TryParse(buffer.AsSpan(0, random.Next(buffer.Length)), out TomlTable? root, out TomlError error);
            Assert.Equal(ok, root is not null);
            Assert.Equal(ok, string.IsNullOrEmpty(error.Message));
        }
    }

    private static bool Same(TomlTable table, JsonElement json)
    {
        int count = 0;
        foreach (JsonProperty property in json.EnumerateObject())
        {
            count++;
            if (!table.TryGet(property.Name, out TomlValue? value) || !Same(value, property.Value))
            {
                return false;
            }
        }

        return count == table.Entries.Count;
    }

    private static bool Same(TomlValue value, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            if (value.Kind != TomlKind.Array || value.Items.Count != json.GetArrayLength())
            {
                return false;
            }

            for (int i = 0; i < value.Items.Count; i++)
            {
                if (!Same(value.Items[i], json[i]))
                {
                    return false;
                }
            }

            return true;
        }

        if (value.Kind == TomlKind.Table)
        {
            return Same(value.Table!, json);
        }

        string text = json.GetProperty("value").GetString()!;
        return (json.GetProperty("type").GetString(), value.Kind) switch
        {
            ("string", TomlKind.String) => value.Text == text,
            ("integer", TomlKind.Integer) => value.Integer == long.Parse(text, CultureInfo.InvariantCulture),
            ("bool", TomlKind.Boolean) => value.Boolean == (text == "true"),
            ("float", TomlKind.Float) => SameFloat(value.Float, text),
            ("datetime", TomlKind.OffsetDateTime) => true,
            ("datetime-local", TomlKind.LocalDateTime) => true,
            ("date-local", TomlKind.LocalDate) => value.Text == text,
            ("time-local", TomlKind.LocalTime) => true,
            _ => false,
        };
    }

    private static bool SameFloat(double value, string text) => text switch
    {
        "inf" or "+inf" => double.IsPositiveInfinity(value),
        "-inf" => double.IsNegativeInfinity(value),
        "nan" or "+nan" or "-nan" => double.IsNaN(value),
        _ => value.Equals(double.Parse(text, CultureInfo.InvariantCulture)),
    };
}
