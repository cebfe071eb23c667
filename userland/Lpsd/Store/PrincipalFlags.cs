// SPDX-License-Identifier: MIT
using System;

namespace Lpsd.Store;

/// <summary>Flags of a principal (LPS-025).</summary>
[Flags]
internal enum PrincipalFlags
{
    None = 0,
    Disabled = 0x01,
    MustChange = 0x02,
    NoPassword = 0x04,
    NeverExpires = 0x08,
    CannotChange = 0x10,

    /// <summary>Made at initialization: no removal, rename or change of kind (LPS-024).</summary>
    Protected = 0x80,
}
