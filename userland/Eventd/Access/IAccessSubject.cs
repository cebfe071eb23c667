// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace Eventd.Access;

/// <summary>A client's identity, as long as its query runs.</summary>
internal interface IAccessSubject : IDisposable
{
    /// <summary>The user SID as text: what connections are counted by, never what decides.</summary>
    string User { get; }

    /// <summary>Asks for EVENTD_READ on a record and its fields (EVT-238). None: decided; any error denies (EVT-269).</summary>
    /// <param name="descriptor">Self-relative descriptor.</param>
    /// <param name="context">Store and identifier, for the audit event (EVT-239).</param>
    /// <param name="nodes">The record, then its fields.</param>
    /// <param name="allowed">Receives the decision for each node.</param>
    Errno Check(ReadOnlySpan<byte> descriptor, string context, ReadOnlySpan<KacsObjectNode> nodes, Span<bool> allowed);
}
