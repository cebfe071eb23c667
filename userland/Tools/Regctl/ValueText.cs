// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Peios.Registry;

namespace Tools.Regctl;

/// <summary>Values as text (CLI-019): what people type and what is printed.</summary>
internal static class ValueText
{
    private static readonly (string Name, RegistryValueType Type)[] s_types =
    [
        ("none", RegistryValueType.None), ("sz", RegistryValueType.String), ("expand", RegistryValueType.ExpandString),
        ("hex", RegistryValueType.Binary), ("dword", RegistryValueType.Dword), ("dword-be", RegistryValueType.DwordBigEndian),
        ("link", RegistryValueType.Link), ("multi", RegistryValueType.MultiString), ("qword", RegistryValueType.Qword),
    ];

    /// <summary>The types that can be typed, for messages.</summary>
    public static string TypeNames => string.Join(' ', Array.ConvertAll(s_types, static row => row.Name));

    /// <summary>Is this the short name of a type?</summary>
    public static bool IsType(string name) => Array.Exists(s_types, row => row.Name == name);

    /// <summary>The short name of a type; its number when it has none.</summary>
    public static string TypeName(RegistryValueType type)
    {
        foreach ((string name, RegistryValueType known) in s_types)
        {
            if (known == type)
            {
                return name;
            }
        }

        return ((uint)type).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Parses DATA with a <c>type:</c> prefix, or with <paramref name="type"/>; false if it does not fit its type.</summary>
    public static bool TryParse(string data, string? type, out RegistryValue value)
    {
        if (type is null)
        {
            int colon = data.IndexOf(':', StringComparison.Ordinal);
            foreach ((string name, _) in s_types)
            {
                if (colon == name.Length && data.StartsWith(name, StringComparison.Ordinal))
                {
                    return TryParseTyped(name, data[(colon + 1)..], out value);
                }
            }

            return TryParseBare(data, out value);
        }

        return TryParseTyped(type, data, out value);
    }

    /// <summary>The data for people; bytes in hexadecimal when its type cannot show them.</summary>
    public static string Show(in RegistryValue value, bool bytes)
    {
        if (!bytes)
        {
            if (value.TryGetString(out string? text))
            {
                return text;
            }

            if (value.TryGetDword(out uint dword))
            {
                return dword.ToString(CultureInfo.InvariantCulture);
            }

            if (value.TryGetQword(out ulong qword))
            {
                return qword.ToString(CultureInfo.InvariantCulture);
            }

            if (value.TryGetStrings(out string[]? strings))
            {
                return string.Join(',', Array.ConvertAll(strings, static s => s.Replace(",", "\\,", StringComparison.Ordinal)));
            }
        }

        return Convert.ToHexStringLower(value.Data);
    }

    /// <summary>Writes <c>type</c> and <c>data</c>: text, number, list, or <c>hex</c> when the type cannot show the data.</summary>
    public static void WriteJson(Utf8JsonWriter json, in RegistryValue value, bool bytes)
    {
        json.WriteString("type", TypeName(value.Type));
        if (!bytes && value.TryGetString(out string? text))
        {
            json.WriteString("data", text);
        }
        else if (!bytes && value.TryGetDword(out uint dword))
        {
            json.WriteNumber("data", dword);
        }
        else if (!bytes && value.TryGetQword(out ulong qword))
        {
            json.WriteNumber("data", qword);
        }
        else if (!bytes && value.TryGetStrings(out string[]? strings))
        {
            json.WriteStartArray("data");
            foreach (string one in strings)
            {
                json.WriteStringValue(one);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteString("hex", Convert.ToHexStringLower(value.Data));
        }
    }

    // Bare digits or 0x... are a number, anything else is text.
    private static bool TryParseBare(string data, out RegistryValue value)
    {
        if (TryNumber(data, out ulong number))
        {
            value = number <= uint.MaxValue ? RegistryValue.FromDword((uint)number) : RegistryValue.FromQword(number);
            return true;
        }

        value = RegistryValue.FromString(data);
        return true;
    }

    private static bool TryParseTyped(string type, string data, out RegistryValue value)
    {
        value = default;
        switch (type)
        {
            case "sz":
                value = RegistryValue.FromString(data);
                return true;
            case "expand":
                value = RegistryValue.FromExpandString(data);
                return true;
            case "link":
                value = new RegistryValue(RegistryValueType.Link, Encoding.UTF8.GetBytes(data));
                return true;
            case "none":
                value = new RegistryValue(RegistryValueType.None, Encoding.UTF8.GetBytes(data));
                return true;
            case "multi":
                value = RegistryValue.FromStrings(SplitList(data));
                return true;
            case "hex":
                return TryHex(data, out value);
            case "dword" or "dword-be" when TryNumber(data, out ulong number) && number <= uint.MaxValue:
                value = type == "dword" ? RegistryValue.FromDword((uint)number) : BigEndian((uint)number);
                return true;
            case "qword" when TryNumber(data, out ulong number):
                value = RegistryValue.FromQword(number);
                return true;
            default:
                return false;
        }
    }

    private static RegistryValue BigEndian(uint number)
    {
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, number);
        return new RegistryValue(RegistryValueType.DwordBigEndian, data);
    }

    private static bool TryNumber(string text, out ulong number) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryHex(string data, out RegistryValue value)
    {
        string digits = data.Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        value = default;
        if (digits.Length % 2 != 0)
        {
            return false;
        }

        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        value = RegistryValue.FromBinary(Convert.FromHexString(digits));
        return true;
    }

    private static List<string> SplitList(string data)
    {
        List<string> list = [];
        StringBuilder one = new();
        for (int i = 0; i < data.Length; i++)
        {
            if (data[i] == '\\' && i + 1 < data.Length && data[i + 1] == ',')
            {
                _ = one.Append(data[++i]);
            }
            else if (data[i] == ',')
            {
                list.Add(one.ToString());
                _ = one.Clear();
            }
            else
            {
                _ = one.Append(data[i]);
            }
        }

        if (one.Length > 0 || list.Count > 0)
        {
            list.Add(one.ToString());
        }

        return list;
    }
}
