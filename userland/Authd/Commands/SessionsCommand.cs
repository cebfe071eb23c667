// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Authd.Sessions;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Authd.Commands;

/// <summary><c>list-sessions</c>: all of them with QUERY, one's own with SELF (AUTH-021, AUTH-023).</summary>
internal sealed class SessionsCommand(AuthdServer server, HotPolicy policy, Func<Result<List<SessionEntry>>> read)
{
    /// <summary>Answers.</summary>
    public void Run(JsonConnection connection)
    {
        AccessVerdict all = server.Check(connection, "list-sessions", AuthdRights.Query, default);
        if (!all.IsAllowed && !server.Authorize(connection, "list-sessions", AuthdRights.Self))
        {
            return;
        }

        if (!read().TryGet(out List<SessionEntry>? sessions, out Errno error))
        {
            connection.Fail(ErrorCodes.Internal, "the kernel's list of sessions could not be read", error);
            return;
        }

        // "Own" is equality of user SIDs (AUTH-010).
        _ = Sid.TryParse(connection.Peer.Name, out Sid self);
        Utf8JsonWriter writer = connection.BeginAnswer();
        Write(writer, sessions, all.IsAllowed ? default : self, policy.Services);
        connection.EndAnswer(writer);
    }

    /// <summary>Writes the sessions, of one user if <paramref name="only"/> is given.</summary>
    internal static void Write(Utf8JsonWriter writer, List<SessionEntry> sessions, Sid only, IReadOnlyDictionary<Sid, string> services)
    {
        writer.WriteStartArray("sessions"u8);
        foreach (SessionEntry session in sessions)
        {
            if (!only.IsNone && session.User != only)
            {
                continue;
            }

            writer.WriteStartObject();
            writer.WriteNumber("auth_id"u8, session.Id);
            writer.WriteString("user_sid"u8, session.User.ToString());
            writer.WriteString("user"u8, services.TryGetValue(session.User, out string? service) ? ServiceSid.Prefix + service : WellKnownSids.NameOf(session.User));
            writer.WriteNumber("logon_type"u8, (uint)session.Type);
            writer.WriteString("auth_package"u8, session.Package);
            writer.WriteString("created_at"u8, WireTime.Format(session.CreatedAt));
            // Origin, service and pair are authd's memory, which begins with the logons that it makes (AUTH-018).
            writer.WriteNull("origin"u8);
            writer.WriteNull("service"u8);
            writer.WriteNull("linked"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
