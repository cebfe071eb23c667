// SPDX-License-Identifier: MIT
namespace Peios.Security;

/// <summary>A SID with the attributes it has in a list.</summary>
/// <param name="Sid">The SID.</param>
/// <param name="Attributes">Its attributes.</param>
public readonly record struct SidAndAttributes(Sid Sid, GroupAttributes Attributes = GroupAttributes.Usual);
