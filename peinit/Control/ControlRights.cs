// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Peinit.Control;

/// <summary>Rights of services and of peinit itself (PEINIT-145 to PEINIT-148).</summary>
internal static class ControlRights
{
    internal const uint QueryStatus = 0x1;
    internal const uint Start = 0x2;
    internal const uint Stop = 0x4;
    internal const uint Interrogate = 0x8;
    internal const uint Shutdown = 0x1;
    internal const uint ReloadConfig = 0x2;

    internal static readonly GenericMapping Service = new(0x20001, 0x20000, 0x2000E, 0xF000F);
    internal static readonly GenericMapping Control = new(0x20000, 0x20000, 0x20003, 0xF0003);

    /// <summary>SYSTEM everything, Administrators query and stop (PEINIT-144).</summary>
    internal static readonly byte[] DefaultService = Parse("O:SYG:SYD:(A;;0xf000f;;;SY)(A;;0x5;;;BA)");

    /// <summary>SYSTEM everything, Administrators both rights (PEINIT-148).</summary>
    internal static readonly byte[] DefaultControl = Parse("O:SYG:SYD:(A;;0xf0003;;;SY)(A;;0x3;;;BA)");

    /// <summary>Names of the rights in a mask, for the denial event.</summary>
    internal static string NameOf(uint right, bool control) => (right, control) switch
    {
        (Shutdown, true) => "SYSTEM_SHUTDOWN",
        (ReloadConfig, true) => "SYSTEM_RELOAD_CONFIG",
        (QueryStatus, false) => "SERVICE_QUERY_STATUS",
        (Start, false) => "SERVICE_START",
        (Stop, false) => "SERVICE_STOP",
        (Interrogate, false) => "SERVICE_INTERROGATE",
        (Start | Stop, false) => "SERVICE_START|SERVICE_STOP",
        _ => $"0x{right:x}",
    };

    // An empty descriptor is refused by the kernel, so a mistake here denies everything.
    private static byte[] Parse(string sddl) => Sddl.TryParse(sddl, out byte[] descriptor, out _) ? descriptor : [];
}
