// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Authd;

/// <summary>Rights to authd and who has them by default (AUTH-019, AUTH-020).</summary>
internal static class AuthdRights
{
    public const uint Logon = 0x01;
    public const uint ServiceToken = 0x02;
    public const uint Elevate = 0x04;
    public const uint Query = 0x08;
    public const uint EndSession = 0x10;
    public const uint Lookup = 0x20;
    public const uint Admin = 0x40;
    public const uint Self = 0x80;

    /// <summary>The descriptor in force until the registry names another.</summary>
    public const string DefaultSecurity = "O:SYG:SYD:(A;;0xf00ff;;;SY)(A;;0x58;;;BA)(A;;0xa0;;;AU)";

    public static readonly GenericMapping Mapping = new(0x0002_0028, 0x0002_0050, 0x0002_0087, 0x000F_00FF);
}
