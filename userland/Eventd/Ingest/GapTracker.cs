// SPDX-License-Identifier: MIT
using System;
using Peios.Events;

namespace Eventd.Ingest;

/// <summary>Last sequence number seen on one CPU, and the holes that follow from it (EVT-012, EVT-032).</summary>
internal sealed class GapTracker
{
    private ulong _lastTimestamp;

    /// <param name="last">Last number stored in this boot; 0 for none.</param>
    internal GapTracker(ulong last) => Last = last;

    /// <summary>Last number seen.</summary>
    internal ulong Last { get; private set; }

    /// <summary>Holes found.</summary>
    internal ulong Gaps { get; private set; }

    /// <summary>Was the event stored before (EVT-013)?</summary>
    internal bool IsOld(ulong sequence) => sequence <= Last;

    /// <summary>Notes a new event; true when numbers before it are missing.</summary>
    /// <param name="sequence">Its number, above <see cref="Last"/>.</param>
    /// <param name="timestamp">Its time.</param>
    /// <param name="gap">The hole.</param>
    internal bool Advance(ulong sequence, ulong timestamp, out Gap gap)
    {
        gap = new Gap(Last + 1, sequence - 1, _lastTimestamp, timestamp);
        bool missing = sequence > Last + 1;
        Last = sequence;
        _lastTimestamp = timestamp;
        Gaps += missing ? 1UL : 0;
        return missing;
    }

    /// <summary>A hole in one CPU's numbers.</summary>
    /// <param name="First">First missing number.</param>
    /// <param name="LastMissing">Last missing number.</param>
    /// <param name="Before">Time of the event before it; 0 unknown.</param>
    /// <param name="After">Time of the event that showed it; 0 unknown.</param>
    internal readonly record struct Gap(ulong First, ulong LastMissing, ulong Before, ulong After)
    {
        /// <summary>Bytes that <see cref="Payload"/> needs at most.</summary>
        internal const int PayloadMax = 160;

        /// <summary>Payload of the gap record (EVT-034).</summary>
        internal ReadOnlySpan<byte> Payload(Span<byte> buffer, uint cpu)
        {
            MsgPackWriter w = new(buffer);
            w.Map(6);
            w.String("cpu_id"u8);
            w.UInt64(cpu);
            w.String("first_missing"u8);
            w.UInt64(First);
            w.String("last_missing"u8);
            w.UInt64(LastMissing);
            w.String("count"u8);
            w.UInt64(LastMissing - First + 1);
            w.String("before"u8);
            Time(ref w, Before);
            w.String("after"u8);
            Time(ref w, After);
            return buffer[..w.Written.Length];
        }

        private static void Time(ref MsgPackWriter w, ulong value)
        {
            if (value == 0)
            {
                w.Nil();
            }
            else
            {
                w.UInt64(value);
            }
        }
    }
}
