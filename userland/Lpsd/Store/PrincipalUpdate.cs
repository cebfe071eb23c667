// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Lpsd.Store;

/// <summary>The principal as it is to be, and which fields that changes (LPS-048, LPS-054).</summary>
/// <param name="Row">All fields, changed and unchanged.</param>
/// <param name="Fields">Names of the fields that the caller gave.</param>
internal sealed record PrincipalUpdate(PrincipalRow Row, IReadOnlyList<string> Fields);
