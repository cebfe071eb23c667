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
    public string Summary => "show and check security descriptors";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("show", "OBJECT", 1, 1, "the descriptor of a file, reg:KEY, or SDDL text", ShowCommand.Run)
        {
            Options = [new("--sddl", "print SDDL only")],
        },
    ];
}
