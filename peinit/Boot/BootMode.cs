// SPDX-License-Identifier: MIT
namespace Peinit.Boot;

/// <summary>How far this boot goes (PEINIT-061 to PEINIT-077).</summary>
internal enum BootMode
{
    /// <summary>All boot services.</summary>
    Full,

    /// <summary>Eligible services only.</summary>
    Safe,

    /// <summary>A shell on the console and nothing else.</summary>
    Recovery,
}
