// SPDX-License-Identifier: MIT
using Tools.Frame;

namespace Tools.Sd;

/// <summary>What an edit did to a descriptor in memory: nothing is written unless it succeeded.</summary>
/// <param name="Code">Success, or why not.</param>
/// <param name="Message">What to say if not.</param>
internal readonly record struct EditOutcome(ExitCode Code, string Message)
{
    /// <summary>The descriptor is ready to be written.</summary>
    public static EditOutcome Done => new(ExitCode.Success, "");

    /// <summary>The result would not fit its format.</summary>
    public static EditOutcome TooLong => new(ExitCode.Failed, "the descriptor would be longer than 65535 bytes");
}
