// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Kacs;

/// <summary>A logon session as the kernel describes it.</summary>
/// <param name="Id">Session id (auth_id of its tokens).</param>
/// <param name="UserSid">Binary SID.</param>
/// <param name="LogonType">KACS_LOGON value.</param>
/// <param name="AuthPackage">UTF-8 name of the package that logged on.</param>
/// <param name="CreatedAt">Nanoseconds since the Unix epoch.</param>
/// <param name="Dead">Invalidated: checks on its tokens deny.</param>
public readonly record struct KacsLogonSession(
    ulong Id,
    ReadOnlyMemory<byte> UserSid,
    uint LogonType,
    ReadOnlyMemory<byte> AuthPackage,
    ulong CreatedAt,
    bool Dead);
