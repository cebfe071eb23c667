// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;

namespace Registryd.Serve;

/// <summary>Stands in for the device while stores are opened; nothing is sent before <see cref="Target"/> is set.</summary>
internal sealed class LateSink : IResponseSink
{
    /// <summary>The device's sink.</summary>
    public IResponseSink? Target { get; set; }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> frame) => Target!.Send(frame);

    /// <inheritdoc/>
    [DoesNotReturn]
    public void Fail(string message)
    {
        Target!.Fail(message);
    }
}
