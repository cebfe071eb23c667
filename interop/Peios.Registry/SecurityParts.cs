// SPDX-License-Identifier: MIT
using System;

namespace Peios.Registry;

/// <summary>Parts of a security descriptor (LCS-290).</summary>
[Flags]
public enum SecurityParts : uint
{
    /// <summary>No part; never valid in a request.</summary>
    None = 0,

    /// <summary>The owner; read needs ReadControl, write WriteOwner.</summary>
    Owner = 1,

    /// <summary>The group; as the owner.</summary>
    Group = 2,

    /// <summary>The DACL; read needs ReadControl, write WriteDac.</summary>
    Dacl = 4,

    /// <summary>The SACL; needs AccessSystemSecurity.</summary>
    Sacl = 8,

    /// <summary>The integrity label alone, for tokens, processes and files; keys have no such part (KACS-ENF-155).</summary>
    Label = 16,
}
