// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Eventd.Ingest;

/// <summary>Sequence ranges that were read and not stored, until gap records for them can be (EVT-260).</summary>
internal sealed class LostRanges
{
    private readonly List<(uint Cpu, SequenceRange Numbers)> _ranges = [];

    /// <summary>How many there are. Adjacent ones count as one.</summary>
    internal int Count => _ranges.Count;

    /// <summary>The ranges, in order of loss.</summary>
    internal IReadOnlyList<(uint Cpu, SequenceRange Numbers)> All => _ranges;

    /// <summary>Adds a range; one that follows the CPU's last one extends it.</summary>
    internal void Add(uint cpu, SequenceRange numbers)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            if (_ranges[i].Cpu == cpu)
            {
                if (_ranges[i].Numbers.Last + 1 == numbers.First)
                {
                    _ranges[i] = (cpu, new SequenceRange(_ranges[i].Numbers.First, numbers.Last));
                    return;
                }

                break;
            }
        }

        _ranges.Add((cpu, numbers));
    }

    /// <summary>They are recorded, or were never lost.</summary>
    internal void Clear() => _ranges.Clear();
}
