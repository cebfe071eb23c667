// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Decides which composite rights SDDL output uses (KACS-FMT-158).</summary>
public enum SddlObjectKind
{
    /// <summary>FA, FR, FW, FX.</summary>
    File,

    /// <summary>KA, KR, KW.</summary>
    RegistryKey,

    /// <summary>No composites.</summary>
    Other,
}
