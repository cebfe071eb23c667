// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Value <c>Readiness</c> of a definition (PEINIT-198).</summary>
public enum Readiness : byte
{
    /// <summary>Active on <c>READY=1</c>.</summary>
    Notify = 0,
    /// <summary>Active when its exec succeeded.</summary>
    Alive = 1,
}
