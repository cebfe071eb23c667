// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Peios.Events;

/// <summary>
/// One event record over borrowed bytes (KMES-005). <see cref="TryParse"/> checks the structure once; afterwards every
/// field is inside the record.
/// </summary>
public readonly ref struct EventView
{
    /// <summary>Bytes of the fixed header.</summary>
    public const int HeaderSize = 77;

    private readonly ReadOnlySpan<byte> _record;
    private readonly int _headerSize;

    private EventView(ReadOnlySpan<byte> record, int headerSize)
    {
        _record = record;
        _headerSize = headerSize;
    }

    /// <summary>The whole record, header and payload.</summary>
    public ReadOnlySpan<byte> Record => _record;

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public ulong Timestamp => BinaryPrimitives.ReadUInt64LittleEndian(_record[8..]);

    /// <summary>Number of the event on its CPU, from 1.</summary>
    public ulong Sequence => BinaryPrimitives.ReadUInt64LittleEndian(_record[16..]);

    /// <summary>Logical CPU that wrote it.</summary>
    public ushort CpuId => BinaryPrimitives.ReadUInt16LittleEndian(_record[24..]);

    /// <summary>Origin class: 0 user space, 1 KMES, 2 KACS, 3 LCS.</summary>
    public byte Origin => _record[26];

    /// <summary>GUID of the emitter's effective token, Microsoft layout; 16 zero bytes when there was none.</summary>
    public ReadOnlySpan<byte> EffectiveToken => _record.Slice(27, 16);

    /// <summary>GUID of the emitter's primary token.</summary>
    public ReadOnlySpan<byte> TrueToken => _record.Slice(43, 16);

    /// <summary>GUID of the emitting process.</summary>
    public ReadOnlySpan<byte> Process => _record.Slice(59, 16);

    /// <summary>Type, UTF-8.</summary>
    public ReadOnlySpan<byte> Type => _record.Slice(HeaderSize, BinaryPrimitives.ReadUInt16LittleEndian(_record[75..]));

    /// <summary>Payload, one MessagePack value; empty for some kernel events.</summary>
    public ReadOnlySpan<byte> Payload => _record[_headerSize..];

    /// <summary>
    /// Looks at the record that starts at <paramref name="bytes"/>: its size must fit there, its header must hold its
    /// type (KMES-103 step 6, KMES-149).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EventView view)
    {
        view = default;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint header = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[75..]);
        if (size > (uint)bytes.Length || header > size || header < HeaderSize + type)
        {
            return false;
        }

        view = new EventView(bytes[..(int)size], (int)header);
        return true;
    }
}
