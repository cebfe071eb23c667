// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Value <c>RestartPolicy</c> of a definition.</summary>
public enum RestartPolicy : byte
{
    /// <summary>Never.</summary>
    Never = 0,
    /// <summary>After every failure that is no successful exit code.</summary>
    OnFailure = 1,
    /// <summary>Whatever the exit was.</summary>
    Always = 2,
}
