// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>One request to act on a service (PEINIT-303). Made and changed by the machine; the shell reads it for replies and events.</summary>
public sealed class Operation
{
    private string? _caller;
    private OperationState _state;
    private Moment _createdAt;
    private Moment _startedAt;

    internal Operation(Guid id, OperationType type, Service service, OperationSource source, Cause cause)
    {
        Id = id;
        Type = type;
        Service = service;
        Source = source;
        Cause = cause;
        Lifetime = new Deadline(DeadlineKind.Operation, this);
    }

    /// <summary>Its name in the protocol.</summary>
    public Guid Id { get; }

    /// <summary>What it does.</summary>
    public OperationType Type { get; }

    /// <summary>The service it acts on.</summary>
    public Service Service { get; }

    /// <summary>Who asked.</summary>
    public OperationSource Source { get; }

    /// <summary>User SID of the control client, or null.</summary>
    public string? Caller
    {
        get => _caller;
        internal set => Service.Saved.Put(ref _caller, value);
    }

    /// <summary>Its state.</summary>
    public OperationState State
    {
        get => _state;
        internal set => Service.Saved.Put(ref _state, value);
    }

    /// <summary>When it was accepted.</summary>
    public Moment CreatedAt
    {
        get => _createdAt;
        internal set => Service.Saved.Put(ref _createdAt, value);
    }

    /// <summary>When it began to execute; Realtime 0 before.</summary>
    public Moment StartedAt
    {
        get => _startedAt;
        internal set => Service.Saved.Put(ref _startedAt, value);
    }

    /// <summary>When it ended; Realtime 0 before.</summary>
    public Moment CompletedAt { get; internal set; }

    /// <summary>How it ended, in a word (<c>timeout</c>, a cause name, <c>confirmed</c>, <c>advisory</c>), or null.</summary>
    public string? Result { get; internal set; }

    /// <summary>Errno behind a failure, or 0 (PEINIT-390).</summary>
    public int Errno { get; internal set; }

    /// <summary>The operation it was folded into, or empty.</summary>
    public Guid MergedInto { get; internal set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsFinal => State >= OperationState.Completed;

    /// <summary>Cause that its start gives the service.</summary>
    internal Cause Cause { get; }

    /// <summary>End of its lifetime (PEINIT-310).</summary>
    internal Deadline Lifetime { get; }

    /// <summary>Requests that wait for its end; null as long as nobody does.</summary>
    internal List<long>? Waiters { get; set; }
}
