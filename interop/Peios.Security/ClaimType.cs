// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Value types of a claim (KACS-FMT-104).</summary>
public enum ClaimType : ushort
{
    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 0x0001,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 0x0002,

    /// <summary>UTF-16 string.</summary>
    String = 0x0003,

    /// <summary>A SID.</summary>
    Sid = 0x0005,

    /// <summary>0 is false, everything else true.</summary>
    Boolean = 0x0006,

    /// <summary>Bytes.</summary>
    Octet = 0x0010,
}
