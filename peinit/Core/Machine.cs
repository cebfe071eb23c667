// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// The whole of supervision as a value: what happened goes in, what is to be done comes out. No I/O, no clock, no
/// randomness but the seed, no threads. A step ends when nothing more follows from its input.
/// </summary>
public sealed class Machine
{
    private readonly Dictionary<string, Service> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Service> _services = [];
    private readonly List<Job> _jobs = [];
    private readonly DeadlineQueue _deadlines = new();

    /// <summary>Makes an empty machine.</summary>
    /// <param name="seed">From getrandom: job and operation GUIDs are derived from it.</param>
    public Machine(UInt128 seed) => Seed = seed;

    /// <summary>All services in ordinal name order.</summary>
    public IReadOnlyList<Service> Services => _services;

    /// <summary>All jobs that have not ended.</summary>
    public IReadOnlyList<Job> Jobs => _jobs;

    /// <summary>Monotonic time at which <see cref="Input.Tick"/> is wanted; <see cref="long.MaxValue"/> for never. One timerfd serves it.</summary>
    public long NextDeadline => _deadlines.Next;

    /// <summary>Full or Recovery.</summary>
    public BootMode Mode { get; private set; }

    /// <summary>Whether the shutdown flag is set (PEINIT-358).</summary>
    public bool IsShuttingDown { get; private set; }

    /// <summary>Whether the last effect was requested; later inputs do nothing.</summary>
    public bool IsFinished { get; private set; }

    private UInt128 Seed { get; }

    /// <summary>Finds a service by name, case-insensitively (PEINIT-005).</summary>
    public Service? FindService(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds an operation that is under way or ended less than 60 s ago (PEINIT-313).</summary>
    /// <param name="id">Its GUID.</param>
    /// <param name="now">The present.</param>
    public Operation? FindOperation(Guid id, Moment now) => null;

    /// <summary>Takes one input and appends what follows from it to the list. Allocates nothing in steady state.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When; never earlier than at the step before.</param>
    /// <param name="effects">Receives the effects, in the order in which they are to be executed.</param>
    public void Step(in Input input, Moment now, List<Effect> effects) =>
        throw new NotSupportedException("the interface lands first, the machine within the hour");
}
