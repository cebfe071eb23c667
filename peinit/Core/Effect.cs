// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// One thing that the machine wants done. The shell executes the list of a step in order, after the step; what fails is
/// reported by an input, never by an exception. Which fields are set depends on <see cref="Kind"/>, see
/// <see cref="EffectKind"/>. The objects it points to show their state after the step.
/// </summary>
public readonly record struct Effect
{
    /// <summary>What to do.</summary>
    public EffectKind Kind { get; init; }

    /// <summary>New state of a transition's service.</summary>
    public ServiceState To { get; init; }

    /// <summary>Old state of a transition's service.</summary>
    public ServiceState From { get; init; }

    /// <summary>Cause of a transition, or the cause a log line names.</summary>
    public Cause Cause { get; init; }

    /// <summary>Sub-cgroup to kill.</summary>
    public CgroupPart Part { get; init; }

    /// <summary>Code of a reply.</summary>
    public ReplyCode Code { get; init; }

    /// <summary>Level of a log line.</summary>
    public LogLevel Level { get; init; }

    /// <summary>Text of a log line, by number.</summary>
    public LogMessage Message { get; init; }

    /// <summary>See <see cref="EffectKind.FinishShutdown"/>.</summary>
    public bool Flag { get; init; }

    /// <summary>Serial, signal, errno or enum value, see <see cref="EffectKind"/>.</summary>
    public int Number { get; init; }

    /// <summary>Request to answer.</summary>
    public long Request { get; init; }

    /// <summary>Service concerned.</summary>
    public Service? Service { get; init; }

    /// <summary>Job concerned.</summary>
    public Job? Job { get; init; }

    /// <summary>Operation concerned.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Key of a forwarded notify value.</summary>
    public string? Key { get; init; }

    /// <summary>Value, path or reason.</summary>
    public string? Text { get; init; }

    /// <summary>Errors of a refused reload-config or of a start of an invalid definition.</summary>
    public IReadOnlyList<string>? Lines { get; init; }
}
