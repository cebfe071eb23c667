// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Lpsd;

/// <summary>Rights to the store and who has them by default (LPS-045, LPS-046).</summary>
internal static class LpsdRights
{
    public const uint Read = 0x01;
    public const uint Create = 0x02;
    public const uint Write = 0x04;
    public const uint Remove = 0x08;
    public const uint Verify = 0x20;
    public const uint Admin = 0x80;

    /// <summary>The descriptor in force until the registry names another.</summary>
    public const string DefaultSecurity = "O:SYG:SYD:(A;;0xf00ff;;;SY)(A;;0x9f;;;BA)(A;;0x1;;;AU)(A;;0x40;;;PS)";

    public static readonly GenericMapping Mapping = new(0x0002_0001, 0x0002_001E, 0x0002_0060, 0x000F_00FF);
}
