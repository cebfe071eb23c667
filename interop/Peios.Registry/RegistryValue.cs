// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Peios.Registry;

/// <summary>Type and data of a value, with strict readers and builders for the types programs use.</summary>
/// <param name="Type">How the data is meant.</param>
/// <param name="Data">The bytes as stored.</param>
public readonly record struct RegistryValue(RegistryValueType Type, byte[] Data)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>A REG_SZ.</summary>
    public static RegistryValue FromString(string text) => new(RegistryValueType.String, Utf8.GetBytes(text));

    /// <summary>A REG_EXPAND_SZ.</summary>
    public static RegistryValue FromExpandString(string text) => new(RegistryValueType.ExpandString, Utf8.GetBytes(text));

    /// <summary>A REG_DWORD.</summary>
    public static RegistryValue FromDword(uint number)
    {
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        return new(RegistryValueType.Dword, data);
    }

    /// <summary>A REG_QWORD.</summary>
    public static RegistryValue FromQword(ulong number)
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(data, number);
        return new(RegistryValueType.Qword, data);
    }

    /// <summary>A REG_BINARY.</summary>
    public static RegistryValue FromBinary(ReadOnlySpan<byte> data) => new(RegistryValueType.Binary, data.ToArray());

    /// <summary>A REG_MULTI_SZ: each string and a NUL, then a final NUL.</summary>
    public static RegistryValue FromStrings(IReadOnlyList<string> strings)
    {
        int length = 1;
        for (int i = 0; i < strings.Count; i++)
        {
            length += Utf8.GetByteCount(strings[i]) + 1;
        }

        byte[] data = new byte[length];
        int at = 0;
        for (int i = 0; i < strings.Count; i++)
        {
            at += Utf8.GetBytes(strings[i], data.AsSpan(at)) + 1;
        }

        return new(RegistryValueType.MultiString, data);
    }

    /// <summary>Reads a REG_SZ, REG_EXPAND_SZ or REG_LINK: valid UTF-8, one final NUL dropped, no other NUL (PEINIT-096).</summary>
    public bool TryGetString([NotNullWhen(true)] out string? text)
    {
        text = null;
        if (Type is not (RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.Link))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = Data;
        if (bytes.EndsWith((byte)0))
        {
            bytes = bytes[..^1];
        }

        return TryDecode(bytes, out text);
    }

    /// <summary>Reads a REG_DWORD or REG_DWORD_BIG_ENDIAN of exactly four bytes.</summary>
    public bool TryGetDword(out uint number)
    {
        number = 0;
        if (Data.Length != 4)
        {
            return false;
        }

        switch (Type)
        {
            case RegistryValueType.Dword:
                number = BinaryPrimitives.ReadUInt32LittleEndian(Data);
                return true;
            case RegistryValueType.DwordBigEndian:
                number = BinaryPrimitives.ReadUInt32BigEndian(Data);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads a REG_QWORD of exactly eight bytes.</summary>
    public bool TryGetQword(out ulong number)
    {
        bool ok = Type == RegistryValueType.Qword && Data.Length == 8;
        number = ok ? BinaryPrimitives.ReadUInt64LittleEndian(Data) : 0;
        return ok;
    }

    /// <summary>Reads a REG_BINARY.</summary>
    public bool TryGetBinary([NotNullWhen(true)] out byte[]? data)
    {
        data = Type == RegistryValueType.Binary ? Data : null;
        return data is not null;
    }

    /// <summary>Reads a REG_MULTI_SZ; empty strings inside are skipped, a missing final NUL is tolerated (PEINIT-096).</summary>
    public bool TryGetStrings([NotNullWhen(true)] out string[]? strings)
    {
        strings = null;
        if (Type != RegistryValueType.MultiString)
        {
            return false;
        }

        List<string> list = [];
        ReadOnlySpan<byte> rest = Data;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> one = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (one.IsEmpty)
            {
                continue;
            }

            if (!TryDecode(one, out string? text))
            {
                return false;
            }

            list.Add(text);
        }

        strings = [.. list];
        return true;
    }

    /// <summary>Same type and same bytes.</summary>
    public bool Equals(RegistryValue other) => Type == other.Type && Data.AsSpan().SequenceEqual(other.Data);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Type);
        hash.AddBytes(Data);
        return hash.ToHashCode();
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!System.Text.Unicode.Utf8.IsValid(bytes) || bytes.Contains((byte)0))
        {
            return false;
        }

        text = Utf8.GetString(bytes);
        return true;
    }
}
