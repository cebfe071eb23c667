// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>The <c>sd</c> tool: security descriptors shown and checked (CLI-025).</summary>
internal sealed class SdTool : ITool
{
    /// <inheritdoc/>
    public string Name => "sd";

    /// <inheritdoc/>
    public string Summary => "security descriptors of PATH, reg:KEY, service:NAME or SDDL text";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } = [new("-P", "do not follow a symbolic link")];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("show", "OBJECT", 1, 1, "owner, group and ACLs", ShowCommand.Run)
        {
            Options = [new("--sddl", "print SDDL only"), new("--all", "read the SACL of a key too")],
        },
        new("check", "OBJECT [PERMS]", 1, 2, "does the caller get PERMS (rwxdmfco, words, names, 0x…)? Exit 0 or 1. Without PERMS: what it gets", CheckCommand.Run)
        {
            Options =
            [
                new("--pid", "ask for a process instead of the caller", Value: "N"),
                new("--intent", "backup, restore or both", Value: "LIST"),
                new("--explain", "what decided each right"),
            ],
        },
    ];
}
