// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>What a token is for.</summary>
public enum TokenType
{
    /// <summary>Identity of processes.</summary>
    Primary = 1,

    /// <summary>Acting on behalf of a client.</summary>
    Impersonation = 2,
}
