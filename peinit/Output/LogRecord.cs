// SPDX-License-Identifier: MIT
namespace Peinit.Output;

/// <summary>One line of output or of peinit's own log, as eventd stores it (EVT-091, PEINIT-418).</summary>
/// <param name="Origin">Service tag (PEINIT-412), or <c>peinit</c>.</param>
/// <param name="IsError">stderr, or a warning or error of peinit.</param>
/// <param name="Message">UTF-8 text.</param>
/// <param name="Timestamp">CLOCK_REALTIME ns when the line was read.</param>
/// <param name="JobId">GUID of the job, or null.</param>
/// <param name="Account">Whose unsent bytes it counts against, or null for peinit's own.</param>
internal readonly record struct LogRecord(
    string Origin, bool IsError, byte[] Message, ulong Timestamp, string? JobId, OutputAccount? Account)
{
    /// <summary>What it counts for in the buffers.</summary>
    internal int Cost => Message.Length + 64;
}
