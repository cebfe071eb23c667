// SPDX-License-Identifier: MIT
using System;
using Peios.Ipc;

namespace Authd.Sources;

/// <summary>One request to lpsd on its way.</summary>
/// <param name="Line">The request with its LF.</param>
/// <param name="Deadline">When to give up, in nanoseconds of the monotonic clock.</param>
/// <param name="Done">Gets the answer object, or null when the source is unavailable. Runs exactly once.</param>
internal sealed record LpsdQuestion(byte[] Line, ulong Deadline, Action<JsonObject?> Done)
{
    /// <summary>
    /// Sent on a connection that was open before: lpsd may have closed it for idleness just then, so one repetition on
    /// a fresh one is due.
    /// </summary>
    public bool OnUsedConnection { get; set; }
}
