// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// The bytes that one record of the state part had when it was last written. A snapshot is written before every fork;
/// only records that have changed since are encoded again, so that it costs what goes on, not what exists.
/// </summary>
internal sealed class SavedRecord
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Whether the bytes are still what the record would be encoded to.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>The bytes; meaningful while current.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The record has changed.</summary>
    public void Drop() => IsCurrent = false;

    /// <summary>Stores a field of the record.</summary>
    public void Put<T>(ref T place, T value)
    {
        place = value;
        IsCurrent = false;
    }

    /// <summary>Keeps what the record was just encoded to.</summary>
    public void Keep(ReadOnlySpan<byte> encoded)
    {
        if (_bytes.Length < encoded.Length)
        {
            _bytes = new byte[encoded.Length + 16];
        }

        encoded.CopyTo(_bytes);
        _length = encoded.Length;
        IsCurrent = true;
    }
}
