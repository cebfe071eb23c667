// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Eventd.Access;

/// <summary>What a client sees of a record.</summary>
/// <param name="All">The whole record.</param>
/// <param name="Fields">Otherwise these fields; null or empty hides the record (EVT-240).</param>
internal readonly record struct RecordVerdict(bool All, HashSet<string>? Fields)
{
    /// <summary>Is there anything to see?</summary>
    internal bool Visible => All || Fields is { Count: > 0 };

    /// <summary>Is this field to see?</summary>
    internal bool Shows(string field) => All || (Fields is not null && Fields.Contains(field));
}
