// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>A sub-cgroup that outlived SIGKILL (PEINIT-211), shown in status and start replies (PEINIT-391).</summary>
/// <param name="Path">Path below the peinit cgroup.</param>
/// <param name="Part">Which sub-cgroup.</param>
/// <param name="DetectedAt">CLOCK_REALTIME in nanoseconds.</param>
public sealed record ServiceWarning(string Path, CgroupPart Part, long DetectedAt);
