// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Peinit.Core;

/// <summary>
/// The values of one key, read by name and type. What is absent yields the default; what has the wrong type, length or
/// encoding yields the default and an error that names the value (PEINIT-096, PEINIT-098).
/// </summary>
internal sealed class DefinitionValues(IReadOnlyList<DefinitionValue> values)
{
    private const uint StringType = 1;
    private const uint BinaryType = 3;
    private const uint DwordType = 4;
    private const uint MultiStringType = 7;

    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>What makes the definition invalid.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>What is odd.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Reads a dword.</summary>
    public uint Number(string name, uint fallback)
    {
        if (Find(name, DwordType, "a dword") is not { } value)
        {
            return fallback;
        }

        if (value.Data.Length == 4)
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(value.Data);
        }

        Errors.Add($"{name} must have 4 bytes, not {value.Data.Length}");
        return fallback;
    }

    /// <summary>Reads a dword that may be absent.</summary>
    public uint? OptionalNumber(string name) => Has(name) ? Number(name, 0) : null;

    /// <summary>Reads a dword that names one of so many choices (PEINIT-097).</summary>
    public uint Choice(string name, uint fallback, uint count)
    {
        uint value = Number(name, fallback);
        if (value >= count)
        {
            Errors.Add($"{name} must be 0 to {count - 1}, not {value}");
            return fallback;
        }

        return value;
    }

    /// <summary>Reads a flag: any number but 0 is 1 (PEINIT-102).</summary>
    public bool Flag(string name) => Number(name, 0) != 0;

    /// <summary>Reads a string; null when absent or empty.</summary>
    public string? Text(string name)
    {
        if (Find(name, StringType, "a string") is not { } value)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = value.Data;
        bytes = bytes.EndsWith((byte)0) ? bytes[..^1] : bytes;
        return Decode(name, bytes) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Reads a list of strings; null when absent. Empty strings inside are skipped.</summary>
    public string[]? Texts(string name)
    {
        if (Find(name, MultiStringType, "a multi_string") is not { } value)
        {
            return null;
        }

        List<string> list = [];
        ReadOnlySpan<byte> rest = value.Data;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> one = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!one.IsEmpty && Decode(name, one) is { } text)
            {
                list.Add(text);
            }
        }

        return [.. list];
    }

    /// <summary>Reads bytes; null when absent.</summary>
    public byte[]? Bytes(string name) => Find(name, BinaryType, "binary")?.Data;

    /// <summary>Whether a value of this name is there, whatever its type.</summary>
    public bool Has(string name)
    {
        foreach (DefinitionValue value in values)
        {
            if (string.Equals(value.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private DefinitionValue? Find(string name, uint type, string kind)
    {
        foreach (DefinitionValue value in values)
        {
            if (!string.Equals(value.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (value.Type == type)
            {
                return value;
            }

            Errors.Add($"{name} must be {kind}, not registry type {value.Type}");
            return null;
        }

        return null;
    }

    /// <summary>A NUL inside would cut a path short at exec, behind everybody's back.</summary>
    private string? Decode(string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
        {
            Errors.Add(name + " contains a NUL");
            return null;
        }

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            Errors.Add(name + " is not UTF-8");
            return null;
        }
    }
}
