// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>Control bits of a security descriptor (KACS-FMT-040).</summary>
[Flags]
public enum SdControl : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The owner came from a default.</summary>
    OwnerDefaulted = 0x0001,

    /// <summary>The group came from a default.</summary>
    GroupDefaulted = 0x0002,

    /// <summary>There is a DACL; clear means null DACL.</summary>
    DaclPresent = 0x0004,

    /// <summary>The DACL came from a default.</summary>
    DaclDefaulted = 0x0008,

    /// <summary>There is a SACL.</summary>
    SaclPresent = 0x0010,

    /// <summary>The SACL came from a default.</summary>
    SaclDefaulted = 0x0020,

    /// <summary>Kept, no meaning.</summary>
    DaclTrusted = 0x0040,

    /// <summary>Creator descriptor: append server ACEs.</summary>
    ServerSecurity = 0x0080,

    /// <summary>Creator descriptor: merge the parent's DACL.</summary>
    DaclAutoInheritRequired = 0x0100,

    /// <summary>Creator descriptor: merge the parent's SACL.</summary>
    SaclAutoInheritRequired = 0x0200,

    /// <summary>The DACL holds inherited ACEs.</summary>
    DaclAutoInherited = 0x0400,

    /// <summary>The SACL holds inherited ACEs.</summary>
    SaclAutoInherited = 0x0800,

    /// <summary>The parent's DACL is never merged.</summary>
    DaclProtected = 0x1000,

    /// <summary>The parent's SACL is never merged.</summary>
    SaclProtected = 0x2000,

    /// <summary>Sbz1 has a meaning to its originator.</summary>
    RmControlValid = 0x4000,

    /// <summary>Always set on stored and exchanged descriptors.</summary>
    SelfRelative = 0x8000,
}
