// SPDX-License-Identifier: MIT
namespace Registryd;

/// <summary>What the command line asks for.</summary>
internal enum RunMode
{
    /// <summary>Serve requests.</summary>
    Serve,

    /// <summary>Print the usage.</summary>
    Help,

    /// <summary>Write a TOML file into a hive, offline.</summary>
    Import,

    /// <summary>Print database files, offline and read-only (LOREG-049).</summary>
    Inspect,

    /// <summary>Put the automatic backups back, offline (LOREG-049).</summary>
    Recover,

    /// <summary>Erase the registry, offline (LOREG-049).</summary>
    Clear,
}
