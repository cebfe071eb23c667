// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Peios.Events;

namespace Eventd.Access;

/// <summary>Names of the fields in a payload: its keys, and those of maps inside as dotted paths (EVT-230, EVT-233).</summary>
internal static class PayloadFields
{
    private const int MaxDepth = 32;

    /// <summary>Each name once, without those that a column has; empty for a payload that is no map.</summary>
    internal static List<string> Names(ReadOnlySpan<byte> payload, string[] columns)
    {
        List<string> names = [];
        MsgPackReader whole = new(payload);
        if (payload.IsEmpty || !whole.TrySkip() || !whole.AtEnd)
        {
            names.Add("payload");
            return names;
        }

        MsgPackReader reader = new(payload);
        if (reader.NextType != MsgPackType.Map)
        {
            names.Add("payload");
            return names;
        }

        HashSet<string> seen = new(columns);
        Map(ref reader, string.Empty, 0, seen, names);
        return names;
    }

    private static void Map(ref MsgPackReader reader, string above, int depth, HashSet<string> seen, List<string> names)
    {
        _ = reader.TryReadMap(out int pairs);
        for (int i = 0; i < pairs; i++)
        {
            if (reader.NextType != MsgPackType.String)
            {
                _ = reader.TrySkip();
                _ = reader.TrySkip();
                continue;
            }

            _ = reader.TryReadString(out ReadOnlySpan<byte> key);
            string name = above + Encoding.UTF8.GetString(key);
            if (seen.Add(name))
            {
                names.Add(name);
            }

            if (reader.NextType == MsgPackType.Map && depth < MaxDepth)
            {
                Map(ref reader, name + ".", depth + 1, seen, names);
            }
            else
            {
                _ = reader.TrySkip();
            }
        }
    }
}
