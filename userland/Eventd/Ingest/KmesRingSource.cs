// SPDX-License-Identifier: MIT
using Peios.Events;
using Peios.Interop;
using Peios.Interop.Kmes;

namespace Eventd.Ingest;

/// <summary>Rings of <c>/dev/kmes</c>.</summary>
internal sealed class KmesRingSource(KmesDevice device) : IRingSource
{
    /// <inheritdoc/>
    public Result<IRing> Attach(uint cpu) =>
        Ring.Attach(device, cpu).TryGet(out Ring? ring, out Errno error) ? Result<IRing>.From(ring) : error;
}
