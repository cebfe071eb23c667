// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>How the system goes down (PEINIT-354).</summary>
public enum ShutdownType : byte
{
    /// <summary>Power off (RB_POWER_OFF).</summary>
    Poweroff = 0,
    /// <summary>Restart the machine (RB_AUTOBOOT).</summary>
    Reboot = 1,
    /// <summary>Stop the CPU, leave the power on (RB_HALT_SYSTEM).</summary>
    Halt = 2,
}
