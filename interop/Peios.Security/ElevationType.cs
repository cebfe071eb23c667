// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Role of a token in a linked pair (KACS-TOK-078).</summary>
public enum ElevationType
{
    /// <summary>No pair.</summary>
    Default = 1,

    /// <summary>The elevated half.</summary>
    Full = 2,

    /// <summary>The filtered half.</summary>
    Limited = 3,
}
