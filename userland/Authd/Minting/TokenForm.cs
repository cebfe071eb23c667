// SPDX-License-Identifier: MIT
namespace Authd.Minting;

/// <summary>The shapes a principal's token can take (AUTH-050 to AUTH-052).</summary>
internal enum TokenForm
{
    /// <summary>For those who are no administrators: nothing added, nothing taken away.</summary>
    Standard,

    /// <summary>High, everything enabled, Administrators the owner of what it makes.</summary>
    Elevated,

    /// <summary>Medium, administrative groups for denials only, nearly no privileges.</summary>
    Filtered,

    /// <summary>A service's: High, the service SID the owner.</summary>
    Service,
}
