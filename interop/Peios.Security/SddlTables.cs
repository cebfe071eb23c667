// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Tokens of ACE types, flags and rights (KACS-FMT-156 to KACS-FMT-158).</summary>
internal static class SddlTables
{
    /// <summary>A null ACL, after the ACL's flags (KACS-FMT-154).</summary>
    public const string NoAcl = "NO_ACCESS_CONTROL";

    /// <summary>ACE types that have a text form.</summary>
    public static readonly (string Token, AceType Type)[] Types =
    [
        ("A", AceType.AccessAllowed), ("D", AceType.AccessDenied), ("AU", AceType.SystemAudit), ("AL", AceType.SystemAlarm),
        ("OA", AceType.AccessAllowedObject), ("OD", AceType.AccessDeniedObject), ("OU", AceType.SystemAuditObject),
        ("OL", AceType.SystemAlarmObject), ("XA", AceType.AccessAllowedCallback), ("XD", AceType.AccessDeniedCallback),
        ("ZA", AceType.AccessAllowedCallbackObject), ("XU", AceType.SystemAuditCallback), ("ML", AceType.MandatoryLabel),
        ("RA", AceType.ResourceAttribute), ("SP", AceType.ScopedPolicyId), ("TL", AceType.ProcessTrustLabel),
    ];

    /// <summary>ACE flags in output order.</summary>
    public static readonly (string Token, uint Bit)[] Flags =
    [
        ("OI", 0x01), ("CI", 0x02), ("NP", 0x04), ("IO", 0x08), ("ID", 0x10), ("SA", 0x40), ("FA", 0x80),
    ];

    /// <summary>Generic rights in output order.</summary>
    public static readonly (string Token, uint Bit)[] Generic =
    [
        ("GA", AccessMask.GenericAll), ("GR", AccessMask.GenericRead), ("GW", AccessMask.GenericWrite), ("GX", AccessMask.GenericExecute),
    ];

    /// <summary>Rights of mandatory labels; the first two values are ours, not those of Windows (KACS-FMT-071).</summary>
    public static readonly (string Token, uint Bit)[] Label = [("NW", 0x2), ("NR", 0x1), ("NX", 0x4)];

    /// <summary>Rights tokens on input beside generic and label ones.</summary>
    public static readonly (string Token, uint Bit)[] Rights =
    [
        ("SD", AccessMask.Delete), ("RC", AccessMask.ReadControl), ("WD", AccessMask.WriteDac), ("WO", AccessMask.WriteOwner),
        ("CC", 0x1), ("DC", 0x2), ("LC", 0x4), ("SW", 0x8), ("RP", 0x10), ("WP", 0x20), ("DT", 0x40), ("LO", 0x80), ("CR", 0x100),
        ("FA", 0x001F_01FF), ("FR", 0x0012_0089), ("FW", 0x0012_0116), ("FX", 0x0012_00A0),
        ("KA", 0x000F_003F), ("KR", 0x0002_0019), ("KW", 0x0002_0006), ("KX", 0x0002_0019),
    ];

    /// <summary>Composites on output for files.</summary>
    public static readonly (string Token, uint Bit)[] FileComposites =
        [("FA", 0x001F_01FF), ("FR", 0x0012_0089), ("FW", 0x0012_0116), ("FX", 0x0012_00A0)];

    /// <summary>Composites on output for registry keys.</summary>
    public static readonly (string Token, uint Bit)[] KeyComposites = [("KA", 0x000F_003F), ("KR", 0x0002_0019), ("KW", 0x0002_0006)];

    /// <summary>Claim types of resource attributes (KACS-FMT-160).</summary>
    public static readonly (string Token, ClaimType Type)[] ClaimTypes =
    [
        ("TI", ClaimType.Int64), ("TU", ClaimType.UInt64), ("TS", ClaimType.String), ("TD", ClaimType.Sid),
        ("TX", ClaimType.Octet), ("TB", ClaimType.Boolean),
    ];
}
