// SPDX-License-Identifier: MIT
using System;

namespace Registryd.Serve;

/// <summary>One mutation or flush on its way to a hive's writer.</summary>
internal sealed class WriteJob
{
    /// <summary>Keeps a copy of the request.</summary>
    public WriteJob(RequestHeader header, ReadOnlySpan<byte> payload, LayerDeletion? deletion)
    {
        Header = header;
        Payload = payload.ToArray();
        Deletion = deletion;
    }

    /// <summary>Header of the request.</summary>
    public RequestHeader Header { get; }

    /// <summary>Its payload.</summary>
    public byte[] Payload { get; }

    /// <summary>Set for RSI_DELETE_LAYER, which every hive runs and one answers.</summary>
    public LayerDeletion? Deletion { get; }

    /// <summary>How it ended; what the response says.</summary>
    public RsiStatus Status { get; set; }
}
