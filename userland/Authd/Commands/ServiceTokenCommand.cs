// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Authd.Minting;
using Authd.Sources;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Authd.Commands;

/// <summary>
/// Mints the token of a service (AUTH-026, AUTH-056, AUTH-057): shape, access, name, principal, logon right, groups,
/// session, token; one event per decision, before the answer (AUTH-066).
/// </summary>
internal sealed class ServiceTokenCommand(AuthdServer server, Minter minter, LocalSource local, AuditLog audit)
{
    private const string Command = "service-token";

    /// <summary>Answers now, or when lpsd has answered.</summary>
    public void Run(JsonConnection connection, JsonObject fields)
    {
        if (ServiceTokenRequest.Read(fields, out string problem) is not ServiceTokenRequest request)
        {
            connection.Fail(ErrorCodes.InvalidRequest, problem);
            return;
        }

        AccountName account = AccountName.Route(request.Identity);
        AccessVerdict verdict = server.Check(connection, Command, AuthdRights.ServiceToken, account.Sid);
        if (!verdict.IsAllowed)
        {
            bool denied = verdict.IsDenied;
            Refuse(connection, request, default, denied ? ErrorCodes.AccessDenied : ErrorCodes.Internal, "service-token is not granted to this caller", denied ? default : verdict.Error);
            return;
        }

        if (!ServiceSid.IsValidName(request.Service))
        {
            Refuse(connection, request, default, AuthdCodes.InvalidName, "service is not a service name");
            return;
        }

        Find(connection, request, account);
    }

    private void Find(JsonConnection connection, ServiceTokenRequest request, AccountName account)
    {
        IReadOnlyList<Sid> implied = new TokenRequest(LogonType.Service, request.Service).ImplicitSids();
        switch (account.Kind)
        {
            case AccountKind.Builtin:
                local.ResolveGroups(account.Sid, implied, found => Mint(connection, request, BuiltinSource.Resolve(account.Sid, found)));
                break;
            case AccountKind.Local:
                local.Resolve(account, implied, (principal, code) => Found(connection, request, principal, code));
                break;
            case AccountKind.Domain:
                Refuse(connection, request, default, AuthdCodes.NoSuchSource, "no such domain is configured");
                break;
            case AccountKind.Forbidden:
                Refuse(connection, request, account.Sid, AuthdCodes.NotAllowed, "this identity is never given to a service");
                break;
            default:
                Refuse(connection, request, default, AuthdCodes.InvalidName, "identity is not an account name");
                break;
        }
    }

    private void Found(JsonConnection connection, ServiceTokenRequest request, Principal? principal, string code)
    {
        if (principal is null)
        {
            Refuse(connection, request, default, code, code == ErrorCodes.NotFound ? "no such account" : "the account could not be used");
        }
        else if (!principal.IsService)
        {
            // A user would need the Service logon right, and nobody is listed for it (AUTH-036).
            Refuse(connection, request, principal.Sid, AuthdCodes.LogonTypeDenied, "the account may not log on as a service");
        }
        else if (principal.IsDisabled)
        {
            Refuse(connection, request, principal.Sid, AuthdCodes.Disabled, "the account is disabled");
        }
        else if (principal.ExpiresAt != 0 && principal.ExpiresAt <= Clock.Realtime)
        {
            Refuse(connection, request, principal.Sid, AuthdCodes.Expired, "the account has expired");
        }
        else
        {
            Mint(connection, request, principal);
        }
    }

    private void Mint(JsonConnection connection, ServiceTokenRequest request, Principal principal)
    {
        if (connection.Closed)
        {
            return;
        }

        if (TokenPlan.ForService(principal, request.Service) is not TokenSpec spec)
        {
            Refuse(connection, request, principal.Sid, AuthdCodes.TooManyGroups, "the account is in more than 63 groups");
            return;
        }

        if (!minter.Mint(spec, LogonType.Service, principal.Source).TryGet(out MintedToken? token, out Errno error))
        {
            Refuse(connection, request, principal.Sid, ErrorCodes.Internal, "the token could not be made", error);
            return;
        }

        // Closed in every case: with a failed answer the token was the session's only one, and both end (AUTH-068).
        using (token)
        {
            Record(connection, request, "OK", principal.Sid, token.SessionId, token.Guid);
            Answer(connection, principal, token);
        }
    }

    private static void Answer(JsonConnection connection, Principal principal, MintedToken token)
    {
        Utf8JsonWriter writer = connection.BeginAnswer();
        writer.WriteNumber("auth_id"u8, token.SessionId);
        writer.WriteString("user_sid"u8, principal.Sid.ToString());
        writer.WriteString("token_guid"u8, token.Guid.ToString("D"));
        writer.WriteString("elevation"u8, "default"u8);
        writer.WriteStartObject("profile"u8);
        writer.WriteString("name"u8, principal.Name);
        writer.WriteString("display_name"u8, principal.DisplayName);
        writer.WriteString("home"u8, principal.Home);
        writer.WriteString("shell"u8, principal.Shell);
        writer.WriteNumber("uid"u8, principal.Uid);
        writer.WriteNumber("gid"u8, principal.PrimaryGroup.IsNone ? principal.Uid : principal.PrimaryGroupId);
        writer.WriteEndObject();
        writer.WriteNull("last_logon"u8);
        writer.WriteNumber("failures"u8, 0);
        writer.WriteStartArray("fds"u8);
        writer.WriteStringValue("token"u8);
        writer.WriteEndArray();
        connection.AttachFd(token.Fd);
        connection.EndAnswer(writer);
    }

    private void Refuse(JsonConnection connection, ServiceTokenRequest request, Sid user, string code, string message, Errno errno = default)
    {
        Record(connection, request, code, user, 0, default);
        connection.Fail(code, message, errno);
    }

    private void Record(JsonConnection connection, ServiceTokenRequest request, string reason, Sid user, ulong session, Guid token)
    {
        Sid service = ServiceSid.IsValidName(request.Service) ? ServiceSid.Of(request.Service) : default;
        audit.ServiceToken(new ServiceTokenRecord(reason, Caller.Of(connection), request.Identity, request.Service, request.Purpose, user, service, session, token));
    }
}
