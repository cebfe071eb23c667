// SPDX-License-Identifier: MIT
namespace Peios.Toml;

/// <summary>How a table came to be; decides what may still be added to it.</summary>
internal enum TomlOrigin
{
    /// <summary>Named only as the parent in a <c>[parent.child]</c> header; may still be defined once.</summary>
    Implicit,

    /// <summary>Defined by a header of its own.</summary>
    Header,

    /// <summary>Made by a dotted key; only dotted keys of the same section extend it.</summary>
    Dotted,

    /// <summary>Written inline; closed.</summary>
    Inline,
}
