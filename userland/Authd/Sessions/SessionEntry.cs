// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Authd.Sessions;

/// <summary>A logon session as the kernel lists it (AUTH-023).</summary>
/// <param name="Id">Session id.</param>
/// <param name="User">Its user.</param>
/// <param name="Type">Logon type.</param>
/// <param name="Package">Who logged it on.</param>
/// <param name="CreatedAt">Nanoseconds since the Unix epoch.</param>
internal readonly record struct SessionEntry(ulong Id, Sid User, LogonType Type, string Package, ulong CreatedAt);
