// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>What the four generic rights mean for one type of object (KACS-FMT-059).</summary>
/// <param name="Read">Rights of GENERIC_READ.</param>
/// <param name="Write">Rights of GENERIC_WRITE.</param>
/// <param name="Execute">Rights of GENERIC_EXECUTE.</param>
/// <param name="All">Rights of GENERIC_ALL.</param>
public readonly record struct GenericMapping(uint Read, uint Write, uint Execute, uint All)
{
    /// <summary>Files and directories.</summary>
    public static readonly GenericMapping File = new(0x0012_0089, 0x0012_0116, 0x0012_00A0, 0x001F_01FF);

    /// <summary>Processes.</summary>
    public static readonly GenericMapping Process = new(0x0002_0410, 0x0004_0220, 0x0000_1801, 0x000E_1E73);

    /// <summary>Tokens.</summary>
    public static readonly GenericMapping Token = new(0x0002_0008, 0x0004_00E0, 0x0000_0004, 0x000F_01FF);

    /// <summary>System V IPC objects.</summary>
    public static readonly GenericMapping Ipc = new(0x0012_0005, 0x0014_000A, 0x0012_0004, 0x001F_000F);

    /// <summary>Registry keys.</summary>
    public static readonly GenericMapping RegistryKey = new(0x0002_0019, 0x0002_0006, 0, 0x000F_003F);

    /// <summary>Replaces each generic bit by its rights; the four are independent (KACS-FMT-057).</summary>
    public uint Map(uint mask)
    {
        uint mapped = mask & ~AccessMask.GenericBits;
        mapped |= (mask & AccessMask.GenericRead) != 0 ? Read : 0;
        mapped |= (mask & AccessMask.GenericWrite) != 0 ? Write : 0;
        mapped |= (mask & AccessMask.GenericExecute) != 0 ? Execute : 0;
        mapped |= (mask & AccessMask.GenericAll) != 0 ? All : 0;
        return mapped;
    }
}
