// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd;

/// <summary>Who asked, for events alone.</summary>
/// <param name="User">User SID.</param>
/// <param name="AuthId">Logon session.</param>
/// <param name="Pid">Process by SO_PEERCRED.</param>
internal readonly record struct EventCaller(Sid User, ulong AuthId, int Pid)
{
    /// <summary>The caller behind a connection.</summary>
    public static EventCaller Of(JsonConnection connection)
    {
        _ = Sid.TryParse(connection.Peer.Name, out Sid user);
        Span<byte> statistics = stackalloc byte[64];
        ulong session = connection.Peer.Token is Fd token
            && KacsToken.Query(token, (uint)TokenClass.Statistics, statistics, out int size).Ok
            && TokenDecoder.TryStatistics(statistics[..size], out TokenStatistics read) ? read.AuthId : 0;
        return new EventCaller(user, session, connection.PeerPid);
    }
}
