// SPDX-License-Identifier: MIT
using System;
using Peios.Security;

namespace Authd;

/// <summary>What the event of a decided <c>service-token</c> says.</summary>
/// <param name="Reason">OK or the internal code.</param>
/// <param name="Caller">Who asked.</param>
/// <param name="Identity">Identity as asked for.</param>
/// <param name="Service">Service as asked for.</param>
/// <param name="Purpose">main, hook or health.</param>
/// <param name="User">The principal, when it was found.</param>
/// <param name="ServiceSid">The service's SID, when the name is one.</param>
/// <param name="SessionId">The new session; 0 when refused.</param>
/// <param name="TokenGuid">The new token.</param>
internal readonly record struct ServiceTokenRecord(
    string Reason, Caller Caller, string Identity, string Service, string Purpose, Sid User, Sid ServiceSid, ulong SessionId, Guid TokenGuid);
