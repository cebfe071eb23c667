// SPDX-License-Identifier: MIT
using Peios.Interop;

namespace Eventd.Query;

/// <summary>Decides whether the peer of a connection may read a store (EVT-222).</summary>
internal interface IQueryAccess
{
    /// <summary>None: allowed. EACCES: denied. Anything else: it could not be decided, which denies too (EVT-269).</summary>
    Errno Check(Fd connection, bool logs);
}
