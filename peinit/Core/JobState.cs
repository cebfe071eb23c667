// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The states of a job (PEINIT-283).</summary>
public enum JobState : byte
{
    /// <summary>Has an identity, but no process yet.</summary>
    Created = 0,
    /// <summary>Forked.</summary>
    Running = 1,
    /// <summary>Ended with 0 or a success code.</summary>
    Completed = 2,
    /// <summary>Ended otherwise, or never forked.</summary>
    Failed = 3,
    /// <summary>Survived SIGKILL.</summary>
    Abandoned = 4,
}
