// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Bits of an access mask that mean the same for every object (KACS-FMT-054).</summary>
public static class AccessMask
{
    /// <summary>Delete the object.</summary>
    public const uint Delete = 0x0001_0000;

    /// <summary>Read owner, group and DACL.</summary>
    public const uint ReadControl = 0x0002_0000;

    /// <summary>Change the DACL.</summary>
    public const uint WriteDac = 0x0004_0000;

    /// <summary>Change the owner.</summary>
    public const uint WriteOwner = 0x0008_0000;

    /// <summary>Wait on the object.</summary>
    public const uint Synchronize = 0x0010_0000;

    /// <summary>Read or write the SACL; only privileges grant it.</summary>
    public const uint AccessSystemSecurity = 0x0100_0000;

    /// <summary>Request flag: everything that can be had.</summary>
    public const uint MaximumAllowed = 0x0200_0000;

    /// <summary>All rights of the object type.</summary>
    public const uint GenericAll = 0x1000_0000;

    /// <summary>Execute or traverse.</summary>
    public const uint GenericExecute = 0x2000_0000;

    /// <summary>Write.</summary>
    public const uint GenericWrite = 0x4000_0000;

    /// <summary>Read.</summary>
    public const uint GenericRead = 0x8000_0000;

    /// <summary>The four generic bits.</summary>
    public const uint GenericBits = GenericAll | GenericExecute | GenericWrite | GenericRead;

    /// <summary>Bits 21-23 and 26-27: never set in requests or new ACEs (KACS-FMT-055).</summary>
    public const uint Reserved = 0x0CE0_0000;
}
