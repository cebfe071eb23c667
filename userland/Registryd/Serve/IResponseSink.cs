// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;

namespace Registryd.Serve;

/// <summary>Where responses go: the device, or a test.</summary>
internal interface IResponseSink
{
    /// <summary>Sends one finished response; may be called from any thread.</summary>
    void Send(ReadOnlySpan<byte> frame);

    /// <summary>Ends the program: what follows would be wrong (LOREG-014).</summary>
    [DoesNotReturn]
    void Fail(string message);
}
