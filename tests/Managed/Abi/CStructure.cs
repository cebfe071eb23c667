// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Tests.Managed.Abi;

/// <summary>Layout of one C structure as the compiler sees it, in bytes.</summary>
internal sealed record CStructure(string Name, long Size, IReadOnlyList<(string Field, long Offset)> Offsets);
