// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Peios.Security;

/// <summary>
/// Builds one claim entry: header, offsets, name, values in order, each behind its nested offset where its type has
/// one (KACS-FMT-103, KACS-FMT-104).
/// </summary>
public sealed class ClaimBuilder(string name, ClaimType type, uint flags)
{
    private readonly List<byte[]> _values = [];

    /// <summary>Values so far.</summary>
    public int Count => _values.Count;

    /// <summary>Adds an integer or boolean value.</summary>
    public void AddNumber(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _values.Add(bytes);
    }

    /// <summary>Adds a string value; it holds no NUL.</summary>
    public void AddString(ReadOnlySpan<char> value)
    {
        byte[] bytes = new byte[(2 * value.Length) + 2];
        MemoryMarshal.AsBytes(value).CopyTo(bytes);
        _values.Add(bytes);
    }

    /// <summary>Adds a SID value.</summary>
    public void AddSid(in Sid value) => _values.Add(value.ToArray());

    /// <summary>Adds an octet value.</summary>
    public void AddOctets(ReadOnlySpan<byte> value)
    {
        byte[] bytes = new byte[4 + value.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value.Length);
        value.CopyTo(bytes.AsSpan(4));
        _values.Add(bytes);
    }

    /// <summary>The entry; false if the name is empty or too long, or there are too many values.</summary>
    public bool TryBuild(out byte[] entry)
    {
        entry = [];
        if (name.Length is 0 or > ClaimEntry.MaxNameLength || name.Contains('\0', StringComparison.Ordinal) || _values.Count > ClaimEntry.MaxValues)
        {
            return false;
        }
        bool nested = type is ClaimType.String or ClaimType.Sid or ClaimType.Octet;
        int nameOffset = 16 + (4 * _values.Count);
        int size = nameOffset + (2 * name.Length) + 2;
        foreach (byte[] value in _values)
        {
            size += value.Length + (nested ? 4 : 0);
        }
        entry = new byte[size];
        BinaryPrimitives.WriteInt32LittleEndian(entry, nameOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(4), (ushort)type);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(8), flags);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(12), _values.Count);
        MemoryMarshal.AsBytes(name.AsSpan()).CopyTo(entry.AsSpan(nameOffset));
        int next = nameOffset + (2 * name.Length) + 2;
        for (int i = 0; i < _values.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(16 + (4 * i)), next);
            if (nested)
            {
                BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(next), next + 4);
                next += 4;
            }
            _values[i].CopyTo(entry, next);
            next += _values[i].Length;
        }
        return true;
    }
}
