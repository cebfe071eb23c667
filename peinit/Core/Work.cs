// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>What is still to be looked at for a service before the step ends.</summary>
[Flags]
internal enum Work : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Its attempt or its next operation may be able to go on.</summary>
    Advance = 1,
    /// <summary>The service it is bound to left its satisfying states.</summary>
    BoundStop = 2,
    /// <summary>The service it is bound to is Active again.</summary>
    BoundRecovery = 4,
    /// <summary>OnFailure of another service names it.</summary>
    FailureStart = 8,
}
