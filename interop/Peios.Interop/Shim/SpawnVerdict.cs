// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>Outcome of a child's setup.</summary>
public enum SpawnVerdict
{
    /// <summary>Nothing final yet; the pipe is to be read again when it is readable.</summary>
    Pending,

    /// <summary>The program was executed (or the call was made).</summary>
    Executed,

    /// <summary>A step failed, or the child died during its setup (HAZ-035).</summary>
    Failed,
}
