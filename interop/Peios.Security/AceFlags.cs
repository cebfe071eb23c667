// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>ACE flags (KACS-FMT-063); other bits are preserved without meaning.</summary>
[Flags]
public enum AceFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Non-container children inherit it.</summary>
    ObjectInherit = 0x01,

    /// <summary>Container children inherit it.</summary>
    ContainerInherit = 0x02,

    /// <summary>Children inherit it without passing it on.</summary>
    NoPropagate = 0x04,

    /// <summary>Does not act on this object.</summary>
    InheritOnly = 0x08,

    /// <summary>Came from the parent.</summary>
    Inherited = 0x10,

    /// <summary>Audit successes.</summary>
    SuccessfulAccess = 0x40,

    /// <summary>Audit failures.</summary>
    FailedAccess = 0x80,
}
