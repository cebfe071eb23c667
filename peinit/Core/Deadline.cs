// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>A node of <see cref="DeadlineQueue"/>, made once with its owner and armed as often as needed.</summary>
internal sealed class Deadline(DeadlineKind kind, object? owner)
{
    /// <summary>What it is for.</summary>
    public DeadlineKind Kind { get; } = kind;

    /// <summary>The service or operation, null for the machine's own.</summary>
    public object? Owner { get; } = owner;

    /// <summary>When, on the monotonic clock; meaningful while armed.</summary>
    public long At { get; set; }

    /// <summary>Order among equal times, so that runs replay exactly.</summary>
    public long Sequence { get; set; }

    /// <summary>Position in the heap, -1 when not armed.</summary>
    public int HeapIndex { get; set; } = -1;

    /// <summary>Whether it is in the queue.</summary>
    public bool IsArmed => HeapIndex >= 0;

    /// <summary>It was armed, moved or disarmed: the record that holds it has changed.</summary>
    public void Changed()
    {
        Service? service = Owner as Service ?? (Owner as Operation)?.Service;
        service?.Saved.Drop();
    }
}
