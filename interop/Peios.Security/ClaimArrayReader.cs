// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peios.Security;

/// <summary>Iterates a claim array (KACS-FMT-109); an invalid entry ends it and shows in <see cref="IsWhole"/>.</summary>
public ref struct ClaimArrayReader(ReadOnlySpan<byte> array)
{
    private SpanReader _reader = new(array);
    private bool _failed;

    /// <summary>Was everything so far valid?</summary>
    public readonly bool IsWhole => !_failed && _reader.Ok;

    /// <summary>The next claim; false at the end or at an invalid entry.</summary>
    public bool MoveNext(out ClaimEntry claim)
    {
        claim = default;
        if (!IsWhole || _reader.Remaining == 0)
        {
            return false;
        }

        _failed = !ClaimEntry.TryRead(_reader.LengthPrefixed(), out claim);
        return IsWhole;
    }
}
