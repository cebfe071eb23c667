// SPDX-License-Identifier: MIT
namespace Peinit.Boot;

/// <summary>Why the registry is read.</summary>
internal enum LoadPurpose
{
    /// <summary>Phase 2.</summary>
    Boot,

    /// <summary>reload-config.</summary>
    Reload,

    /// <summary>Only the settings of peinit itself.</summary>
    Settings,
}
