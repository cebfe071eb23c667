// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Peios.Security;

/// <summary>
/// A security identifier (KACS-FMT-015 to KACS-FMT-020). A value without heap storage: revision 1, up to 15
/// sub-authorities. <c>default</c> is no SID at all and equals only itself.
/// </summary>
public readonly struct Sid : IEquatable<Sid>
{
    /// <summary>Longest binary form.</summary>
    public const int MaxBinaryLength = 68;

    /// <summary>Most sub-authorities.</summary>
    public const int MaxSubAuthorities = 15;

    private const ulong MaxAuthority = 0xFFFF_FFFF_FFFF;

    private readonly ulong _authority;
    private readonly byte _revision;
    private readonly byte _count;
    private readonly SubAuthorityArray _sub;

    /// <summary>Builds a SID; at most 15 sub-authorities and a 48-bit authority.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parts do not fit a SID.</exception>
    public Sid(ulong authority, params ReadOnlySpan<uint> subAuthorities)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(authority, MaxAuthority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subAuthorities.Length, MaxSubAuthorities);
        _revision = 1;
        _authority = authority;
        _count = (byte)subAuthorities.Length;
        for (int i = 0; i < subAuthorities.Length; i++)
        {
            _sub[i] = subAuthorities[i];
        }
    }

    /// <summary>True for <c>default</c>: no SID.</summary>
    public bool IsNone => _revision == 0;

    /// <summary>The 48-bit identifier authority.</summary>
    public ulong Authority => _authority;

    /// <summary>How many sub-authorities follow.</summary>
    public int SubAuthorityCount => _count;

    /// <summary>Length of the binary form in bytes: 8 to 68; 0 for no SID.</summary>
    public int BinaryLength => IsNone ? 0 : 8 + (4 * _count);

    /// <summary>The last sub-authority (KACS-FMT-017); 0 when there is none.</summary>
    public uint Rid => _count == 0 ? 0 : _sub[_count - 1];

    /// <summary>Sub-authority <paramref name="index"/>.</summary>
    public uint SubAuthority(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, _count);
        return _sub[index];
    }

    /// <summary>This SID with one more sub-authority: an account of a domain.</summary>
    public Sid Append(uint rid)
    {
        Span<uint> sub = stackalloc uint[MaxSubAuthorities + 1];
        CopySubAuthorities(sub);
        sub[_count] = rid;
        return new Sid(_authority, sub[..(_count + 1)]);
    }

    /// <summary>Is this <paramref name="domain"/> plus exactly one sub-authority?</summary>
    public bool IsChildOf(in Sid domain)
    {
        if (domain.IsNone || _authority != domain._authority || _count != domain._count + 1)
        {
            return false;
        }
        for (int i = 0; i < domain._count; i++)
        {
            if (_sub[i] != domain._sub[i])
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Reads the SID at the start of <paramref name="source"/>; <see cref="BinaryLength"/> says how much it took.
    /// False: wrong revision, too many sub-authorities, or too few bytes (KACS-FMT-016).
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out Sid sid)
    {
        sid = default;
        if (source.Length < 8 || source[0] != 1 || source[1] > MaxSubAuthorities || source.Length < 8 + (4 * source[1]))
        {
            return false;
        }
        ulong authority = ((ulong)BinaryPrimitives.ReadUInt16BigEndian(source[2..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        Span<uint> sub = stackalloc uint[MaxSubAuthorities];
        for (int i = 0; i < source[1]; i++)
        {
            sub[i] = BinaryPrimitives.ReadUInt32LittleEndian(source[(8 + (4 * i))..]);
        }
        sid = new Sid(authority, sub[..source[1]]);
        return true;
    }

    /// <summary>Reads a SID that fills <paramref name="source"/> exactly.</summary>
    public static bool TryReadExact(ReadOnlySpan<byte> source, out Sid sid) =>
        TryRead(source, out sid) && sid.BinaryLength == source.Length;

    /// <summary>Writes the binary form; the caller gives at least <see cref="BinaryLength"/> bytes.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        if (IsNone)
        {
            return 0;
        }
        destination[0] = _revision;
        destination[1] = _count;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(_authority >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], (uint)_authority);
        for (int i = 0; i < _count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(8 + (4 * i))..], _sub[i]);
        }
        return BinaryLength;
    }

    /// <summary>The binary form in an array of its own.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[BinaryLength];
        Write(bytes);
        return bytes;
    }

    /// <summary>Parses exactly the grammar of KACS-FMT-019; no blanks, signs or empty parts.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Sid sid)
    {
        sid = default;
        if (text.Length < 5 || (text[0] | 0x20) != 's' || text[1] != '-' || text[2] != '1' || text[3] != '-')
        {
            return false;
        }
        ReadOnlySpan<char> rest = text[4..];
        ReadOnlySpan<char> part = Part(ref rest);
        ulong authority;
        if (part.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (part.Length > 14 || !Digits.TryParse(part[2..], 16, MaxAuthority, out authority))
            {
                return false;
            }
        }
        else if (!Digits.TryParse(part, 10, MaxAuthority, out authority))
        {
            return false;
        }
        Span<uint> sub = stackalloc uint[MaxSubAuthorities];
        int count = 0;
        while (!rest.IsEmpty)
        {
            // The rest starts at the blank position of its dash: an empty part means two dashes or one at the end.
            rest = rest[1..];
            if (count == MaxSubAuthorities || !Digits.TryParse(Part(ref rest), 10, uint.MaxValue, out ulong value))
            {
                return false;
            }
            sub[count++] = (uint)value;
        }
        sid = new Sid(authority, sub[..count]);
        return true;
    }

    /// <summary>The canonical string (KACS-FMT-018); empty for no SID.</summary>
    public override string ToString()
    {
        Span<char> buffer = stackalloc char[200];
        return TryFormat(buffer, out int written) ? new string(buffer[..written]) : "";
    }

    /// <summary>Writes the canonical string; 200 characters always suffice.</summary>
    public bool TryFormat(Span<char> destination, out int written)
    {
        written = 0;
        if (IsNone)
        {
            return true;
        }
        bool fits = _authority >> 32 == 0
            ? destination.TryWrite(CultureInfo.InvariantCulture, $"S-1-{_authority}", out int length)
            : destination.TryWrite(CultureInfo.InvariantCulture, $"S-1-0x{_authority:x12}", out length);
        for (int i = 0; i < _count && fits; i++)
        {
            fits = destination[length..].TryWrite(CultureInfo.InvariantCulture, $"-{_sub[i]}", out int more);
            length += more;
        }
        written = fits ? length : 0;
        return fits;
    }

    /// <inheritdoc/>
    public bool Equals(Sid other)
    {
        if (_revision != other._revision || _count != other._count || _authority != other._authority)
        {
            return false;
        }
        for (int i = 0; i < _count; i++)
        {
            if (_sub[i] != other._sub[i])
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Sid other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(_authority);
        for (int i = 0; i < _count; i++)
        {
            hash.Add(_sub[i]);
        }
        return hash.ToHashCode();
    }

    /// <summary>Byte equality of the binary forms.</summary>
    public static bool operator ==(in Sid left, in Sid right) => left.Equals(right);

    /// <summary>Not equal.</summary>
    public static bool operator !=(in Sid left, in Sid right) => !left.Equals(right);

    private void CopySubAuthorities(Span<uint> destination)
    {
        for (int i = 0; i < _count; i++)
        {
            destination[i] = _sub[i];
        }
    }

    private static ReadOnlySpan<char> Part(ref ReadOnlySpan<char> rest)
    {
        int dash = rest.IndexOf('-');
        ReadOnlySpan<char> part = dash < 0 ? rest : rest[..dash];
        rest = dash < 0 ? default : rest[dash..];
        return part;
    }

    [InlineArray(MaxSubAuthorities)]
    private struct SubAuthorityArray
    {
        private uint _first;
    }
}
