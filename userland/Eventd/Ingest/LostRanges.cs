// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Eventd.Ingest;

/// <summary>Sequence ranges of batches that could not be stored, until gap records for them can be (EVT-260).</summary>
internal sealed class LostRanges
{
    private readonly List<Range> _ranges = [];

    /// <summary>Is there anything to record?</summary>
    internal bool Any => _ranges.Count > 0;

    /// <summary>The ranges, in order of loss.</summary>
    internal IReadOnlyList<Range> All => _ranges;

    /// <summary>
    /// Adds a range, which starts behind the CPU's last stored event. Until something is stored again every failure of
    /// a CPU therefore extends the same range, and this stays as short as the list of CPUs.
    /// </summary>
    internal void Add(int cpu, ulong first, ulong last)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            if (_ranges[i].Cpu == cpu)
            {
                _ranges[i] = new Range(cpu, _ranges[i].First, last);
                return;
            }
        }

        _ranges.Add(new Range(cpu, first, last));
    }

    /// <summary>They are recorded.</summary>
    internal void Clear() => _ranges.Clear();

    /// <summary>Numbers of one CPU that were read and not stored.</summary>
    internal readonly record struct Range(int Cpu, ulong First, ulong Last);
}
