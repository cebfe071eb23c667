// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Ipc;

namespace Authd;

/// <summary>Ends the loop on SIGTERM or SIGINT.</summary>
internal sealed class StopSource(Fd signals) : EventSource
{
    /// <inheritdoc/>
    public override Fd Descriptor => signals;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events) => loop.Stopping |= Signals.Next(signals) != 0;
}
