// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Tools.Frame;

/// <summary>Options of every tool (CLI-003).</summary>
internal static class CommonOptions
{
    /// <summary>Help.</summary>
    public const string Help = "--help";

    /// <summary>Version.</summary>
    public const string Version = "--version";

    /// <summary>JSON output.</summary>
    public const string Json = "--json";

    /// <summary>Colour.</summary>
    public const string Color = "--color";

    /// <summary>No header line.</summary>
    public const string NoHeader = "--no-header";

    /// <summary>SIDs without names.</summary>
    public const string Raw = "--raw";

    /// <summary>Completion script.</summary>
    public const string Completion = "--completion";

    /// <summary>The options, in the order of the help text.</summary>
    public static readonly IReadOnlyList<ToolOption> All =
    [
        new(Help, "show this help", Short: "-h"),
        new(Version, "show the version"),
        new(Json, "one JSON document (streams: one object a line)"),
        new(Color, "auto, always or never", Value: "WHEN"),
        new(NoHeader, "tables without the header line"),
        new(Raw, "show SIDs, not names"),
        new(Completion, "print completions for bash, zsh or fish", Value: "SHELL"),
    ];
}
