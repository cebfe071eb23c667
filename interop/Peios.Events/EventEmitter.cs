// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using Peios.Interop;
using Peios.Interop.Kmes;

namespace Peios.Events;

/// <summary>
/// Emits events of this process. The payload is built in place:
/// <code>
/// Span&lt;byte&gt; buffer = stackalloc byte[256];
/// MsgPackWriter w = new(buffer);
/// w.Map(1);
/// w.String("service"u8);
/// w.String(name);
/// emitter.Emit("service.started"u8, w.Written);
/// </code>
/// Needs SeAuditPrivilege; failures are values, losing an event must not stop a service.
/// </summary>
public sealed class EventEmitter : IDisposable
{
    private readonly KmesDevice _device;

    private EventEmitter(KmesDevice device) => _device = device;

    /// <summary>Opens the device: ENOENT without the kernel module.</summary>
    public static Result<EventEmitter> Open() =>
        KmesDevice.Open().TryGet(out KmesDevice? device, out Errno error) ? new EventEmitter(device) : error;

    /// <summary>Emits one event; visible to consumers when this returns None.</summary>
    /// <param name="type">Dotted name, UTF-8.</param>
    /// <param name="payload">One MessagePack value; an empty span (a writer that overflowed) is refused with EINVAL.</param>
    public Errno Emit(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload) => _device.Emit(type, payload);

    /// <summary>Emits up to <see cref="KmesDevice.BatchMax"/> events at one moment.</summary>
    [SuppressMessage("Design", "CA1021", Justification = "A batch reports both an error and how far it came.")]
    public Errno EmitBatch(ReadOnlySpan<KmesBatchEntry> entries, out int emitted) => _device.EmitBatch(entries, out emitted);

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();
}
