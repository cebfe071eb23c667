// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Lpsd;

/// <summary>Who asked, for events alone.</summary>
/// <param name="User">User SID.</param>
/// <param name="AuthId">Logon session.</param>
/// <param name="Pid">Process by SO_PEERCRED.</param>
internal readonly record struct EventCaller(Sid User, ulong AuthId, int Pid);
