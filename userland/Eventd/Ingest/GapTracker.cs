// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Events;

namespace Eventd.Ingest;

/// <summary>Last sequence number seen on one CPU, and the holes that follow from it (EVT-012, EVT-032).</summary>
internal sealed class GapTracker
{
    private readonly IReadOnlyList<SequenceRange> _stored;
    private int _passed;
    private ulong _before;
    private ulong _after;
    private ulong _holeFirst = 1;
    private ulong _holeLast;

    /// <param name="resume">What is stored in this boot.</param>
    internal GapTracker(ResumePoint resume)
    {
        Last = resume.Last;
        _stored = resume.Stored;
    }

    /// <summary>Last number seen.</summary>
    internal ulong Last { get; private set; }

    /// <summary>Was the event stored before (EVT-013)?</summary>
    internal bool IsOld(ulong sequence)
    {
        if (sequence <= Last)
        {
            return true;
        }

        for (int i = _passed; i < _stored.Count && _stored[i].First <= sequence; i++)
        {
            if (sequence <= _stored[i].Last)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Notes a new event; the holes before it come from <see cref="TryNextGap"/>.</summary>
    /// <param name="sequence">Its number, not <see cref="IsOld"/>.</param>
    /// <param name="timestamp">Its time.</param>
    internal void Advance(ulong sequence, ulong timestamp)
    {
        _holeFirst = Last + 1;
        _holeLast = sequence - 1;
        Last = sequence;
        _before = _after;
        _after = timestamp;
    }

    /// <summary>The next hole before the event of the last <see cref="Advance"/>.</summary>
    internal bool TryNextGap(out Gap gap)
    {
        ulong end = _holeLast;
        while (_holeFirst <= _holeLast && _passed < _stored.Count && _stored[_passed].First <= _holeLast)
        {
            SequenceRange stored = _stored[_passed];
            if (stored.First > _holeFirst)
            {
                end = stored.First - 1;
                break;
            }

            _holeFirst = Math.Max(_holeFirst, stored.Last + 1);
            _passed++;
        }

        gap = new Gap(_holeFirst, end, _before, _after);
        bool found = _holeFirst <= end;
        _holeFirst = end + 1;
        return found;
    }

    /// <summary>A hole in one CPU's numbers.</summary>
    /// <param name="First">First missing number.</param>
    /// <param name="LastMissing">Last missing number.</param>
    /// <param name="Before">Time of the event before it; 0 unknown.</param>
    /// <param name="After">Time of the event that showed it; 0 unknown.</param>
    internal readonly record struct Gap(ulong First, ulong LastMissing, ulong Before, ulong After)
    {
        /// <summary>Type of the record.</summary>
        internal static ReadOnlySpan<byte> Type => "synthetic.gap"u8;

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

        /// <summary>Reads the numbers of a gap record back.</summary>
        internal static bool TryRead(ReadOnlySpan<byte> payload, out SequenceRange missing)
        {
            ulong first = 0;
            ulong last = 0;
            MsgPackReader r = new(payload);
            bool good = r.TryReadMap(out int pairs);
            for (int i = 0; i < pairs && good; i++)
            {
                good = r.TryReadString(out ReadOnlySpan<byte> key);
                if (good && key.SequenceEqual("first_missing"u8))
                {
                    good = r.TryReadUInt64(out first);
                }
                else if (good && key.SequenceEqual("last_missing"u8))
                {
                    good = r.TryReadUInt64(out last);
                }
                else
                {
                    good = good && r.TrySkip();
                }
            }

            missing = new SequenceRange(first, last);
            return good && first > 0 && last >= first;
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
