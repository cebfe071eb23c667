// SPDX-License-Identifier: MIT
namespace Authd.Sources;

/// <summary>Where a name leads (AUTH-025).</summary>
internal enum AccountKind
{
    /// <summary>LocalService or NetworkService.</summary>
    Builtin,

    /// <summary>lpsd's.</summary>
    Local,

    /// <summary>A domain; none is configured.</summary>
    Domain,

    /// <summary>Known, and never given out as a service identity: SYSTEM, Anonymous, groups (AUTH-026).</summary>
    Forbidden,

    /// <summary>No form of a name.</summary>
    Malformed,
}
