// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Query classes of a token (KACS-TOK-097).</summary>
public enum TokenClass
{
    /// <summary>User SID.</summary>
    User = 1,

    /// <summary>Groups.</summary>
    Groups = 2,

    /// <summary>Privilege masks.</summary>
    Privileges = 3,

    /// <summary>Primary or impersonation.</summary>
    Type = 4,

    /// <summary>Integrity SID.</summary>
    IntegrityLevel = 5,

    /// <summary>Owner of new objects.</summary>
    Owner = 6,

    /// <summary>Group of new objects.</summary>
    PrimaryGroup = 7,

    /// <summary>Interactivity scope.</summary>
    InteractivityScope = 8,

    /// <summary>Restricting SIDs.</summary>
    RestrictedSids = 9,

    /// <summary>Minting component.</summary>
    Source = 10,

    /// <summary>Numbers.</summary>
    Statistics = 11,

    /// <summary>Originating session.</summary>
    Origin = 12,

    /// <summary>Role in a linked pair.</summary>
    ElevationType = 13,

    /// <summary>Device groups.</summary>
    DeviceGroups = 14,

    /// <summary>Confinement SID.</summary>
    ConfinementSid = 15,

    /// <summary>Confinement capabilities.</summary>
    Capabilities = 16,

    /// <summary>Mandatory policy bits.</summary>
    MandatoryPolicy = 17,

    /// <summary>Logon type of the session.</summary>
    LogonType = 18,

    /// <summary>Logon SID.</summary>
    LogonSid = 19,

    /// <summary>DACL of new objects.</summary>
    DefaultDacl = 20,

    /// <summary>Impersonation level.</summary>
    ImpersonationLevel = 21,

    /// <summary>User claims.</summary>
    UserClaims = 22,

    /// <summary>Device claims.</summary>
    DeviceClaims = 23,

    /// <summary>Supplementary Linux group ids.</summary>
    ProjectedSupplementaryGids = 24,
}
