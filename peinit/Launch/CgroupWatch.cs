// SPDX-License-Identifier: MIT
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Launch;

/// <summary>Waits until a killed part of a tree is empty and says so once.</summary>
internal sealed class CgroupWatch(Supervisor supervisor, Fd events, Service service, CgroupPart part, int serial) : EventSource
{
    /// <inheritdoc/>
    public override int Priority => 1;

    /// <inheritdoc/>
    public override Fd Descriptor => events;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents ready)
    {
        if (Cgroup.ReadPopulated(events))
        {
            return;
        }

        loop.Remove(this);
        events.Dispose();
        supervisor.Post(Input.CgroupEmpty(service, part, serial));
        supervisor.Pump();
    }
}
