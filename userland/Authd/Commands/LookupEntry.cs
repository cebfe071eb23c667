// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Authd.Commands;

/// <summary>One result of a look-up.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Sid">The SID.</param>
/// <param name="Kind">user, group, alias, service, machine or well-known.</param>
/// <param name="Source">builtin or local.</param>
internal readonly record struct LookupEntry(string Name, Sid Sid, string Kind, string Source);
