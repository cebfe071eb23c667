// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>Logon types (KACS-TOK-085).</summary>
public enum LogonType
{
    /// <summary>At a terminal.</summary>
    Interactive = 2,

    /// <summary>Over the network.</summary>
    Network = 3,

    /// <summary>A scheduled job.</summary>
    Batch = 4,

    /// <summary>A service.</summary>
    Service = 5,

    /// <summary>Over the network with the password in clear.</summary>
    NetworkCleartext = 8,

    /// <summary>Other credentials for the network.</summary>
    NewCredentials = 9,
}
