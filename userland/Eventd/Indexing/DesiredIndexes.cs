// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Eventd.Indexing;

/// <summary>
/// The columns that should have an index, most queried first (EVT-057). The policy writes it, writers converge to it at
/// their leisure (EVT-056).
/// </summary>
internal sealed class DesiredIndexes
{
    /// <summary>Columns that may get an index (EVT-060); timestamp has its own for ever.</summary>
    internal static readonly string[] Candidates =
        ["event_type", "origin_class", "cpu_id", "effective_token_guid", "true_token_guid", "process_guid", "boot_id"];

    private string[] _columns = [];

    /// <summary>Called after every change, on the thread that made it.</summary>
    internal Action? Changed { get; set; }

    /// <summary>The columns, by priority. Setting replaces them as a whole.</summary>
    internal string[] Columns
    {
        get => Volatile.Read(ref _columns);
        set
        {
            Volatile.Write(ref _columns, value);
            Changed?.Invoke();
        }
    }
}
