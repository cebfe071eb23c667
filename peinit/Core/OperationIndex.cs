// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// Operations by GUID. Those that have ended stay for 60 s (PEINIT-313), and never more than 4,096 of them: a client that
/// sends commands in a loop must not fill the memory of PID 1.
/// </summary>
internal sealed class OperationIndex
{
    private const int MaxRetained = 4096;
    private const long Retention = 60 * Duration.Second;

    private readonly Dictionary<Guid, Operation> _byId = [];
    private readonly Queue<Operation> _ended = new();

    /// <summary>Takes an operation that is under way.</summary>
    public void Add(Operation operation) => _byId[operation.Id] = operation;

    /// <summary>An operation has ended: its time runs.</summary>
    public void Ended(Operation operation) => _ended.Enqueue(operation);

    /// <summary>Finds one that is under way or ended less than 60 s ago.</summary>
    public Operation? Find(Guid id, long now) =>
        _byId.TryGetValue(id, out Operation? found) && !(found.IsFinal && now - found.CompletedAt.Monotonic >= Retention) ? found : null;

    /// <summary>Forgets those whose time is over.</summary>
    public void Purge(long now)
    {
        while (_ended.TryPeek(out Operation? oldest)
            && (_ended.Count > MaxRetained || now - oldest.CompletedAt.Monotonic >= Retention))
        {
            _ended.Dequeue();
            _byId.Remove(oldest.Id);
        }
    }
}
