// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop.Kmes;

/// <summary>One event of a batch, in the kernel's layout (KMES-061). The memory must stay put during the call.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct KmesBatchEntry
{
    private readonly KmesAbi.kmes_batch_entry _entry;

    /// <summary>Describes an event by the addresses of its type and payload.</summary>
    public KmesBatchEntry(nint type, ushort typeLength, nint payload, uint payloadLength) =>
        _entry = new KmesAbi.kmes_batch_entry
        {
            event_type = (ulong)type,
            event_type_len = typeLength,
            payload = (ulong)payload,
            payload_len = payloadLength,
        };

    /// <summary>Bytes of type and payload together.</summary>
    public long Length => (long)_entry.event_type_len + _entry.payload_len;
}
