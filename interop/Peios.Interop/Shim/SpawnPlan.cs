// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peios.Interop;

/// <summary>Everything the C child needs to know; it is prepared before the clone and not touched after it (PEINIT-011).</summary>
public sealed class SpawnPlan
{
    /// <summary>Absolute path of the program.</summary>
    public required string Path { get; init; }

    /// <summary>argv, the name of the program included.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The complete environment as <c>KEY=VALUE</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Working directory, or null to keep the parent's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Terminal to open as stdio and controlling terminal, or null to use the three descriptors.</summary>
    public string? Terminal { get; init; }

    /// <summary>Soft and hard RLIMIT_NOFILE.</summary>
    public ulong? OpenFiles { get; init; }

    /// <summary>Soft and hard RLIMIT_CORE in bytes.</summary>
    public ulong? CoreBytes { get; init; }

    /// <summary>Value for oom_score_adj.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>Standard input.</summary>
    public Fd? Stdin { get; init; }

    /// <summary>Standard output.</summary>
    public Fd? Stdout { get; init; }

    /// <summary>Standard error.</summary>
    public Fd? Stderr { get; init; }

    /// <summary>Directory of the cgroup to start in.</summary>
    public Fd? Cgroup { get; init; }

    /// <summary>Primary token to install, with the ioctl that does it.</summary>
    public Fd? Token { get; init; }

    /// <summary>KACS_IOC_INSTALL.</summary>
    public uint InstallRequest { get; init; }

    /// <summary>Mitigation bits that the child switches on for itself; 0 for none.</summary>
    public uint Mitigations { get; init; }

    /// <summary>/dev/kacs, for <see cref="Mitigations"/>.</summary>
    public Fd? MitigationDevice { get; init; }
}
