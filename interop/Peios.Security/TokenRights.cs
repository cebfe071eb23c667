// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Rights to a token (KACS-FMT-059).</summary>
public static class TokenRights
{
    /// <summary>Install it as a primary token.</summary>
    public const uint AssignPrimary = 0x0001;

    /// <summary>Copy or restrict it.</summary>
    public const uint Duplicate = 0x0002;

    /// <summary>Act as it.</summary>
    public const uint Impersonate = 0x0004;

    /// <summary>Read it.</summary>
    public const uint Query = 0x0008;

    /// <summary>Change its privileges.</summary>
    public const uint AdjustPrivileges = 0x0020;

    /// <summary>Enable and disable its groups.</summary>
    public const uint AdjustGroups = 0x0040;

    /// <summary>Change what its new objects get.</summary>
    public const uint AdjustDefault = 0x0080;

    /// <summary>All of them.</summary>
    public const uint AllAccess = 0x000F_01FF;
}
