// SPDX-License-Identifier: MIT
namespace Eventd.Access;

/// <summary>The independent namespaces of patterns (EVT-224).</summary>
internal enum DataKind
{
    /// <summary>Events, by type.</summary>
    Events,

    /// <summary>Logs, by origin.</summary>
    Logs,
}
