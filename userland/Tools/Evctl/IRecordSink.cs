// SPDX-License-Identifier: MIT
using System;

namespace Tools.Evctl;

/// <summary>Prints records in one format.</summary>
internal interface IRecordSink
{
    /// <summary>One record: a MessagePack map.</summary>
    void Add(ReadOnlySpan<byte> record);

    /// <summary>What was added so far is printed.</summary>
    void Flush();
}
