// SPDX-License-Identifier: MIT
namespace Peios.Interop.Kacs;

/// <summary>What the module says about itself.</summary>
/// <param name="Mode">Mode it was loaded in.</param>
/// <param name="Flags">KACS_STATE bits: 1 hooks attached, 2 armed, 4 the watchdog found hooks missing.</param>
/// <param name="Hooks">Number of hooks attached.</param>
public readonly record struct KacsModuleState(KacsMode Mode, uint Flags, uint Hooks)
{
    /// <summary>Hooks are attached.</summary>
    public bool Attached => (Flags & KacsAbi.StateAttached) != 0;

    /// <summary>Checks are armed.</summary>
    public bool Armed => (Flags & KacsAbi.StateArmed) != 0;

    /// <summary>The watchdog found hooks missing.</summary>
    public bool Failed => (Flags & KacsAbi.StateFailed) != 0;
}
