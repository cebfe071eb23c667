// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Security;

namespace Authd.Minting;

/// <summary>What a token is wanted for: it decides the SIDs beside the principal's own groups (AUTH-042 rows 3 to 7).</summary>
/// <param name="Type">Logon type.</param>
/// <param name="Service">The service, for type Service alone.</param>
/// <param name="Console">An interactive logon at the machine's own console.</param>
/// <param name="Highest">A batch logon that asks for all its rights.</param>
internal readonly record struct TokenRequest(LogonType Type, string? Service = null, bool Console = false, bool Highest = false)
{
    /// <summary>The SIDs, in order; the service SID is the last one. A source resolves groups for them too (AUTH-043).</summary>
    public IReadOnlyList<Sid> ImplicitSids()
    {
        List<Sid> sids = [WellKnownSids.Everyone, WellKnownSids.AuthenticatedUsers];
        if (Type is not (LogonType.Network or LogonType.NetworkCleartext))
        {
            sids.Add(WellKnownSids.Local);
        }

        sids.Add(new Sid(5, Type switch { LogonType.Interactive => 4u, LogonType.Batch => 3u, LogonType.Service => 6u, _ => 2u }));
        if (Type == LogonType.Interactive && Console)
        {
            sids.Add(WellKnownSids.ConsoleLogon);
        }

        if (Service is not null)
        {
            sids.Add(ServiceSid.Of(Service));
        }

        return sids;
    }
}
