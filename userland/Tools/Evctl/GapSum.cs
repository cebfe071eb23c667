// SPDX-License-Identifier: MIT
using System;
using Peios.Events;

namespace Tools.Evctl;

/// <summary>Adds up the counts of gap records by CPU. Any other record of eventd's shows at least that it answers.</summary>
internal sealed class GapSum(long?[] lost) : IRecordSink
{
    public void Add(ReadOnlySpan<byte> record)
    {
        MsgPackReader r = new(record);
        long cpu = -1;
        long count = 0;
        _ = r.TryReadMap(out int pairs);
        for (int i = 0; i < pairs && r.TryReadString(out ReadOnlySpan<byte> key); i++)
        {
            if (key.SequenceEqual("cpu_id"u8) && r.NextType == MsgPackType.Integer)
            {
                _ = r.TryReadInt64(out cpu);
            }
            else if (key.SequenceEqual("count"u8) && r.NextType == MsgPackType.Integer)
            {
                _ = r.TryReadInt64(out count);
            }
            else
            {
                _ = r.TrySkip();
            }
        }

        for (int i = 0; i < lost.Length; i++)
        {
            lost[i] = (lost[i] ?? 0) + (i == cpu ? count : 0);
        }
    }

    public void Flush()
    {
    }
}
