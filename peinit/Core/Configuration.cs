// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>Everything the core takes from the registry in one load: produced by the I/O worker, consumed by the machine.</summary>
public sealed class Configuration
{
    /// <summary>All service definitions, invalid ones included.</summary>
    public required ServiceDefinition[] Definitions { get; init; }

    /// <summary>Value MaxParallelStarts, at least 1 (PEINIT-055).</summary>
    public uint MaxParallelStarts { get; init; } = 10;

    /// <summary>Value BootSuccessGrace in seconds (PEINIT-062).</summary>
    public uint BootSuccessGrace { get; init; } = 30;

    /// <summary>Value ShutdownTimeout in seconds (PEINIT-367).</summary>
    public uint ShutdownTimeout { get; init; } = 90;
}
