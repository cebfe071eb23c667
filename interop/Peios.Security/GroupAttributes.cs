// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>Attributes of a group in a token (KACS-FMT-021).</summary>
[Flags]
public enum GroupAttributes : uint
{
    /// <summary>Present, matching nothing.</summary>
    None = 0,

    /// <summary>Cannot be disabled.</summary>
    Mandatory = 0x0000_0001,

    /// <summary>Enabled when the token was made.</summary>
    EnabledByDefault = 0x0000_0002,

    /// <summary>Enabled now.</summary>
    Enabled = 0x0000_0004,

    /// <summary>May own new objects.</summary>
    Owner = 0x0000_0008,

    /// <summary>Matches deny ACEs only, for good.</summary>
    UseForDenyOnly = 0x0000_0010,

    /// <summary>ABI parity only.</summary>
    Integrity = 0x0000_0020,

    /// <summary>ABI parity only.</summary>
    IntegrityEnabled = 0x0000_0040,

    /// <summary>Metadata only.</summary>
    Resource = 0x2000_0000,

    /// <summary>The logon SID.</summary>
    LogonId = 0xC000_0000,

    /// <summary>What ordinary groups get: mandatory, enabled by default, enabled (AUTH-042).</summary>
    Usual = Mandatory | EnabledByDefault | Enabled,

    /// <summary>As <see cref="Usual"/>, and may own objects.</summary>
    UsualOwner = Usual | Owner,
}
