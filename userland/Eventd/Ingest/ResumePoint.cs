// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Eventd.Ingest;

/// <summary>Where draining of one CPU goes on after a restart (EVT-012).</summary>
/// <param name="Last">Everything up to this number is stored or recorded as lost; 0 in a new boot.</param>
/// <param name="Stored">What is settled above it, ascending, without overlaps: shards of one CPU do not commit together.</param>
internal sealed record ResumePoint(ulong Last, IReadOnlyList<SequenceRange> Stored)
{
    /// <summary>A new boot.</summary>
    internal static ResumePoint Start { get; } = new(0, []);

    /// <summary>Sorts and joins what is stored; what follows <paramref name="last"/> without a hole becomes part of it.</summary>
    internal static ResumePoint Of(ulong last, List<SequenceRange> stored)
    {
        stored.Sort(static (a, b) => a.First.CompareTo(b.First));
        List<SequenceRange> joined = [];
        foreach (SequenceRange range in stored)
        {
            if (range.First <= last + 1)
            {
                last = Math.Max(last, range.Last);
            }
            else if (joined.Count > 0 && range.First <= joined[^1].Last + 1)
            {
                joined[^1] = new SequenceRange(joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            }
            else
            {
                joined.Add(range);
            }
        }

        return new ResumePoint(last, joined);
    }

    /// <summary>The ranges as <c>7-9,12-12</c>.</summary>
    internal string Text()
    {
        StringBuilder text = new();
        foreach (SequenceRange range in Stored)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");
        }

        return text.ToString();
    }

    /// <summary>Reads <see cref="Text"/> back; what is no range is left out.</summary>
    internal static IReadOnlyList<SequenceRange> Parse(string text)
    {
        List<SequenceRange> ranges = [];
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length == 2
                && ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong first)
                && ulong.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong last)
                && first <= last)
            {
                ranges.Add(new SequenceRange(first, last));
            }
        }

        return ranges;
    }
}
