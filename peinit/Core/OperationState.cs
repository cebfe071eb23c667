// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>The states of an operation (PEINIT-302).</summary>
public enum OperationState : byte
{
    /// <summary>Accepted, waiting: for another operation, checks, dependencies, a delay or a slot.</summary>
    Pending = 0,
    /// <summary>Executing.</summary>
    Running = 1,
    /// <summary>Goal reached.</summary>
    Completed = 2,
    /// <summary>Goal missed.</summary>
    Failed = 3,
    /// <summary>Folded into an equal one.</summary>
    Merged = 4,
    /// <summary>Ended while Pending.</summary>
    Cancelled = 5,
    /// <summary>Ended while Running.</summary>
    Aborted = 6,
}
