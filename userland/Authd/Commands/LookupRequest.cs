// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Authd.Commands;

/// <summary>A <c>lookup</c> request of the right shape.</summary>
/// <param name="Names">Names to find.</param>
/// <param name="Sids">SIDs to name.</param>
internal readonly record struct LookupRequest(string[] Names, Sid[] Sids);
