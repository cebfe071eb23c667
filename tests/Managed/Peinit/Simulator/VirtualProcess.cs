// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>A process that exists only in the simulator, with the character it was born with.</summary>
internal sealed class VirtualProcess
{
    /// <summary>Its pid.</summary>
    public required int Pid { get; init; }

    /// <summary>GUID of its job; empty for something that a main process left behind.</summary>
    public required Guid Job { get; init; }

    /// <summary>Where it lives.</summary>
    public required string Cgroup { get; init; }

    /// <summary>Whether it is what the job was made for.</summary>
    public required JobType Type { get; init; }

    /// <summary>It hangs in the kernel: SIGKILL does nothing.</summary>
    public bool Unkillable { get; init; }

    /// <summary>SIGTERM does nothing.</summary>
    public bool IgnoresTerm { get; init; }

    /// <summary>What it does when told to reload: 0 nothing, 1 READY=1, 2 RELOADING=1 and READY=1, 3 RELOADING=1 only.</summary>
    public int ReloadHabit { get; init; }

    /// <summary>It has been killed or is about to exit.</summary>
    public bool Doomed { get; set; }

    /// <summary>It is gone.</summary>
    public bool Gone { get; set; }

    /// <summary>It said STOPPING=1.</summary>
    public bool SaidStopping { get; set; }
}
