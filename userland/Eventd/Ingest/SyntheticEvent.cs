// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Eventd.Ingest;

/// <summary>
/// A row that eventd writes itself (EVT-038): no sequence, origin class or GUIDs. Entry form: u64 timestamp, i64 CPU (-1
/// none), u32 type length, type, payload.
/// </summary>
internal readonly ref struct SyntheticEvent
{
    /// <summary>No CPU: the row speaks of the whole daemon (EVT-041).</summary>
    internal const long NoCpu = -1;

    private const int Fixed = 20;

    internal SyntheticEvent(ulong timestamp, long cpu, ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        Timestamp = timestamp;
        Cpu = cpu;
        Type = type;
        Payload = payload;
    }

    /// <summary>Time of generation, ns since the Unix epoch.</summary>
    internal ulong Timestamp { get; }

    /// <summary>CPU, or <see cref="NoCpu"/>.</summary>
    internal long Cpu { get; }

    /// <summary>Type, beginning with <c>synthetic.</c>.</summary>
    internal ReadOnlySpan<byte> Type { get; }

    /// <summary>One MessagePack map.</summary>
    internal ReadOnlySpan<byte> Payload { get; }

    /// <summary>Writes the entry form; 0 when it does not fit.</summary>
    internal int Write(Span<byte> to)
    {
        SpanWriter w = new(to);
        w.U64(Timestamp);
        w.U64((ulong)Cpu);
        w.LengthPrefixed(Type);
        w.Bytes(Payload);
        return w.Ok ? w.Position : 0;
    }

    /// <summary>Reads the entry form.</summary>
    internal static SyntheticEvent Read(ReadOnlySpan<byte> from)
    {
        SpanReader r = new(from);
        ulong timestamp = r.U64();
        long cpu = (long)r.U64();
        ReadOnlySpan<byte> type = r.LengthPrefixed();
        return new SyntheticEvent(timestamp, cpu, type, r.Bytes(r.Remaining));
    }

    /// <summary>Bytes before the type.</summary>
    internal static int TypeOffset => Fixed;
}
