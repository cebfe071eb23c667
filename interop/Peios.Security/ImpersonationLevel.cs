// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>How far a server may go with a client's identity (KACS-TOK-107).</summary>
public enum ImpersonationLevel
{
    /// <summary>No identity visible; also the value of primary tokens.</summary>
    Anonymous = 0,

    /// <summary>Inspect only.</summary>
    Identification = 1,

    /// <summary>Act locally.</summary>
    Impersonation = 2,

    /// <summary>Act locally and over the network.</summary>
    Delegation = 3,
}
