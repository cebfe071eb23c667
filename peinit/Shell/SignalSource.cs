// SPDX-License-Identifier: MIT
using Peinit.Core;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>Signals of PID 1, looked at before any other source (PEINIT-009, PEINIT-355).</summary>
internal sealed class SignalSource(Supervisor supervisor, Fd signals) : EventSource
{
    private const int PerRound = 32;

    /// <inheritdoc/>
    public override int Priority => 0;

    /// <inheritdoc/>
    public override Fd Descriptor => signals;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        bool children = false;
        for (int i = 0; i < PerRound; i++)
        {
            int signal = Signals.Next(signals);
            if (signal == 0)
            {
                break;
            }

            children |= signal == Signals.Child;
            if (signal is Signals.Interrupt or Signals.Terminate)
            {
                supervisor.Post(Input.Signal(signal));
            }
        }

        if (children)
        {
            supervisor.ReapChildren();
        }

        supervisor.Pump();
    }
}
