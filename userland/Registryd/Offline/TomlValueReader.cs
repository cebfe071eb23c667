// SPDX-License-Identifier: MIT
using System;
using Peios.Registry;
using Peios.Security;
using Peios.Toml;

namespace Registryd.Offline;

/// <summary>Which registry value a TOML value stands for.</summary>
internal static class TomlValueReader
{
    private const string Expected = "is a string, an array of strings, an integer, or { dword = } { qword = } { binary = } { expand = } { link = } { sddl = }";

    /// <summary>Converts; <paramref name="problem"/> says why not.</summary>
    public static bool TryRead(TomlValue value, out RegistryValue converted, out string problem)
    {
        problem = Expected;
        converted = default;
        switch (value.Kind)
        {
            case TomlKind.String:
                converted = RegistryValue.FromString(value.Text);
                return true;
            case TomlKind.Integer:
                return TryDword(value, out converted, out problem);
            case TomlKind.Array:
                return TryStrings(value, out converted);
            case TomlKind.Table when value.Table!.Entries.Count == 1:
                return TryTyped(value.Table.Entries[0].Key, value.Table.Entries[0].Value, out converted, ref problem);
            default:
                return false;
        }
    }

    private static bool TryTyped(string type, TomlValue value, out RegistryValue converted, ref string problem)
    {
        converted = default;
        switch (type)
        {
            case "dword" when value.Kind == TomlKind.Integer:
                return TryDword(value, out converted, out problem);
            case "qword" when value.Kind == TomlKind.Integer:
                converted = RegistryValue.FromQword((ulong)value.Integer);
                return true;
            case "binary" when value.Kind == TomlKind.String:
                return TryHex(value.Text, out converted, out problem);
            case "expand" when value.Kind == TomlKind.String:
                converted = RegistryValue.FromExpandString(value.Text);
                return true;
            case "link" when value.Kind == TomlKind.String:
                converted = new RegistryValue(RegistryValueType.Link, RegistryValue.FromString(value.Text).Data);
                return true;
            case "sddl" when value.Kind == TomlKind.String:
                bool ok = Sddl.TryParse(value.Text, out byte[] descriptor, out SddlError error);
                converted = RegistryValue.FromBinary(descriptor);
                problem = ok ? "" : $"SDDL: {error}";
                return ok;
            default:
                return false;
        }
    }

    private static bool TryDword(TomlValue value, out RegistryValue converted, out string problem)
    {
        bool fits = value.Integer is >= 0 and <= uint.MaxValue;
        converted = RegistryValue.FromDword(fits ? (uint)value.Integer : 0);
        problem = "does not fit 32 bits; use { qword = }";
        return fits;
    }

    private static bool TryHex(string text, out RegistryValue converted, out string problem)
    {
        problem = "{ binary = } takes pairs of hexadecimal digits";
        string digits = text.Replace(" ", "", StringComparison.Ordinal);
        converted = default;
        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        if (digits.Length % 2 != 0)
        {
            return false;
        }

        converted = RegistryValue.FromBinary(Convert.FromHexString(digits));
        return true;
    }

    private static bool TryStrings(TomlValue value, out RegistryValue converted)
    {
        converted = default;
        string[] strings = new string[value.Items.Count];
        for (int i = 0; i < strings.Length; i++)
        {
            // An empty string, or one with a NUL, would read back as something else.
            if (value.Items[i].Kind != TomlKind.String || value.Items[i].Text.Length == 0 || value.Items[i].Text.Contains('\0', StringComparison.Ordinal))
            {
                return false;
            }

            strings[i] = value.Items[i].Text;
        }

        converted = RegistryValue.FromStrings(strings);
        return true;
    }
}
