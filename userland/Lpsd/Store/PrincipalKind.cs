// SPDX-License-Identifier: MIT
namespace Lpsd.Store;

/// <summary>Kinds of principals, as stored (LPS-007).</summary>
internal enum PrincipalKind
{
    User = 1,
    Group = 2,
    Alias = 3,
    Service = 4,
    Machine = 5,
}
