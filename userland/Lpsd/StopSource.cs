// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Ipc;

namespace Lpsd;

/// <summary>Ends the loop on SIGTERM or SIGINT, after the command that runs (LPS-017).</summary>
internal sealed class StopSource(Fd signals) : EventSource
{
    /// <inheritdoc/>
    public override Fd Descriptor => signals;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events) => loop.Stopping |= Signals.Next(signals) != 0;
}
