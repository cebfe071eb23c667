// SPDX-License-Identifier: MIT
using System;

namespace Tests.Vm.PowerCut;

/// <summary>Flags of a logged request.</summary>
[Flags]
internal enum WriteLogFlags : ulong
{
    /// <summary>Everything completed before is durable.</summary>
    Flush = 1,

    /// <summary>This write itself is durable.</summary>
    ForceUnitAccess = 2,

    /// <summary>The sectors were given back.</summary>
    Discard = 4,

    /// <summary>A marker without data.</summary>
    Mark = 8,

    /// <summary>Metadata, as dm-log-writes tells.</summary>
    Metadata = 16,

    /// <summary>All of them.</summary>
    All = Flush | ForceUnitAccess | Discard | Mark | Metadata,
}
