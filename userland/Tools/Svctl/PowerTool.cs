// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>reboot</c>, <c>poweroff</c> and <c>halt</c>: links to svctl that act at once (CLI-001, CLI-017).</summary>
internal sealed class PowerTool : ITool
{
    internal PowerTool(string type)
    {
        Name = type;
        Commands = [new(string.Empty, string.Empty, 0, 0, Summary, context => ShutdownCommand.Send(context, type))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary => "stop all services and end the machine";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } = [new(SvctlTool.Socket, "peinit's control socket", Value: "PATH")];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; }
}
