// SPDX-License-Identifier: MIT
using Peios.Events;
using Peios.Interop;

namespace Eventd.Ingest;

/// <summary>Where rings come from: the device, or a test.</summary>
internal interface IRingSource
{
    /// <summary>Attaches to a CPU's ring; EINVAL past the last CPU (EVT-005).</summary>
    Result<IRing> Attach(uint cpu);
}
