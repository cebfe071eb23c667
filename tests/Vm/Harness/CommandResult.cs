// SPDX-License-Identifier: MIT
using System.Text;

namespace Tests.Vm.Harness;

/// <summary>What came of a command in the guest.</summary>
/// <param name="Command">The command, for messages.</param>
/// <param name="ExitCode">Exit status, -1 if a signal ended it.</param>
/// <param name="Signal">That signal, else 0.</param>
/// <param name="TimedOut">It was killed because its time was up.</param>
/// <param name="Stdout">Standard output.</param>
/// <param name="Stderr">Standard error.</param>
/// <param name="SetupError">Why it was never executed, or null.</param>
public sealed record CommandResult(
    string Command, int ExitCode, int Signal, bool TimedOut, byte[] Stdout, byte[] Stderr, string? SetupError)
{
    /// <summary>Standard output as text.</summary>
    public string Output => Encoding.UTF8.GetString(Stdout);

    /// <summary>Standard error as text.</summary>
    public string Errors => Encoding.UTF8.GetString(Stderr);

    /// <summary>Itself, or a failure with everything that is known.</summary>
    public CommandResult Succeeded() => ExitCode == 0 && SetupError is null ? this : throw new GuestFailure(ToString());

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Command}: exit {ExitCode}, signal {Signal}{(TimedOut ? ", timed out" : "")} {SetupError}\n{Output}{Errors}";
}
