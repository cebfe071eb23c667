// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>What an operation does to its service (PEINIT-301); also the lifecycle commands of the control socket.</summary>
public enum OperationType : byte
{
    /// <summary>Start it.</summary>
    Start = 0,
    /// <summary>Stop it.</summary>
    Stop = 1,
    /// <summary>Stop it if it runs, then start it: one operation (PEINIT-306).</summary>
    Restart = 2,
    /// <summary>Tell it to re-read its configuration.</summary>
    Reload = 3,
    /// <summary>Clear Failed, Abandoned or Skipped.</summary>
    Reset = 4,
}
