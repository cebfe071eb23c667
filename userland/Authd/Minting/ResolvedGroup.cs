// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Authd.Minting;

/// <summary>A group that a source found for a principal.</summary>
/// <param name="Sid">The group.</param>
/// <param name="PosixId">Its Linux id, or null when it has none (AUTH-030).</param>
internal readonly record struct ResolvedGroup(Sid Sid, uint? PosixId);
