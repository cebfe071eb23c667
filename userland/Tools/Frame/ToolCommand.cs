// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Tools.Frame;

/// <summary>A subcommand.</summary>
/// <param name="Name">One word, two words (<c>sessions list</c>), or empty for the tool's own operands.</param>
/// <param name="Operands">Operands as help shows them: <c>KEY [VALUE]</c>.</param>
/// <param name="MinOperands">Fewest operands.</param>
/// <param name="MaxOperands">Most operands; <see cref="Unlimited"/> for no limit.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Run">The function; its result is the exit code.</param>
internal sealed record ToolCommand(string Name, string Operands, int MinOperands, int MaxOperands, string Summary, Func<ToolContext, ExitCode> Run)
{
    /// <summary>No upper limit on operands.</summary>
    public const int Unlimited = int.MaxValue;

    /// <summary>Options of this command alone.</summary>
    public IReadOnlyList<ToolOption> Options { get; init; } = [];

    /// <summary>Options end at the first operand: what follows belongs to another program's command line.</summary>
    public bool OptionsEndAtOperand { get; init; }
}
