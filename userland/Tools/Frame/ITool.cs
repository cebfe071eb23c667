// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Tools.Frame;

/// <summary>
/// One tool of the multi-call binary. Its command table drives the parser, the help text and the
/// completion scripts (CLI-012), so what a tool accepts and what it documents cannot drift apart.
/// </summary>
/// <remarks>
/// To add a tool: implement this in <c>Tools/&lt;Name&gt;/</c>, list it in <see cref="ToolCatalogue"/>.
/// A command's function gets a <see cref="ToolContext"/> and returns an <see cref="ExitCode"/>; it writes
/// results with <see cref="ToolContext.Write(Table)"/> or <see cref="ToolContext.WriteJson"/> and failures with
/// <see cref="ToolContext.Fail(ExitCode, string, string)"/>, never through <see cref="System.Console"/>.
/// </remarks>
internal interface ITool
{
    /// <summary>The name it is called by: the base name of argv[0], or the first argument.</summary>
    string Name { get; }

    /// <summary>One line for help.</summary>
    string Summary { get; }

    /// <summary>Options that every command of this tool takes, beside the common ones.</summary>
    IReadOnlyList<ToolOption> Options { get; }

    /// <summary>
    /// The commands. One with an empty <see cref="ToolCommand.Name"/> runs when the first operand names no
    /// other: a tool without subcommands has only that one.
    /// </summary>
    IReadOnlyList<ToolCommand> Commands { get; }
}
