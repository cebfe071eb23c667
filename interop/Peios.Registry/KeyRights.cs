// SPDX-License-Identifier: MIT
using System;

namespace Peios.Registry;

/// <summary>Rights on a key (LCS-140, LCS-141).</summary>
[Flags]
public enum KeyRights : uint
{
    /// <summary>No right; never valid in a request.</summary>
    None = 0,

    /// <summary>Read values.</summary>
    QueryValue = 0x1,

    /// <summary>Write and delete values.</summary>
    SetValue = 0x2,

    /// <summary>Create children.</summary>
    CreateSubKey = 0x4,

    /// <summary>List children.</summary>
    EnumerateSubKeys = 0x8,

    /// <summary>Arm a watch.</summary>
    Notify = 0x10,

    /// <summary>Create links below.</summary>
    CreateLink = 0x20,

    /// <summary>Delete or hide the key.</summary>
    Delete = 0x10000,

    /// <summary>Read the descriptor and the key's figures.</summary>
    ReadControl = 0x20000,

    /// <summary>Change the DACL.</summary>
    WriteDac = 0x40000,

    /// <summary>Change owner and group.</summary>
    WriteOwner = 0x80000,

    /// <summary>Read and change the SACL.</summary>
    AccessSystemSecurity = 0x1000000,

    /// <summary>Everything the descriptor allows.</summary>
    MaximumAllowed = 0x2000000,

    /// <summary>Values, children, watches, descriptor.</summary>
    Read = 0x20019,

    /// <summary>Write values, create children, read the descriptor.</summary>
    Write = 0x20006,

    /// <summary>Every right but the SACL.</summary>
    All = 0xF003F,
}
