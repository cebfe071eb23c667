// SPDX-License-Identifier: MIT
using System;
using Authd.Commands;
using Authd.Minting;
using Authd.Sessions;
using Authd.Sources;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

namespace Authd;

/// <summary>
/// The socket of authd: identifies each peer by its token, checks every command against authd's descriptor, and runs
/// it (AUTH-009 to AUTH-011). Deny is the default at every step.
/// </summary>
internal sealed class AuthdServer : JsonServer
{
    private readonly KacsDevice _device;
    private readonly ServiceTokenCommand _serviceToken;
    private readonly LookupCommand _lookup;
    private readonly StatusCommand _status;
    private readonly PreviewCommand _preview;
    private readonly SessionsCommand _sessions;

    public AuthdServer(EventLoop loop, UnixSocket listener, KacsDevice device, HotPolicy policy, LocalSource local, AuditLog audit)
        : base(loop, listener, new JsonServerLimits())
    {
        _device = device;
        Policy = policy;
        _serviceToken = new ServiceTokenCommand(this, new Minter(device), local, audit);
        _lookup = new LookupCommand(policy, local);
        _status = new StatusCommand(policy, local, audit);
        _preview = new PreviewCommand(local);
        _sessions = new SessionsCommand(this, policy, KernelSessions.Read);
    }

    /// <summary>The policy in force.</summary>
    public HotPolicy Policy { get; }

    /// <summary>
    /// Does the peer's token have <paramref name="right"/>? If not the answer has been sent: ACCESS_DENIED, or INTERNAL
    /// when the kernel could not decide.
    /// </summary>
    public bool Authorize(JsonConnection connection, string command, uint right, in Sid target = default)
    {
        AccessVerdict verdict = Check(connection, command, right, target);
        if (verdict.IsDenied)
        {
            connection.Fail(ErrorCodes.AccessDenied, $"{command} is not granted to this caller");
        }
        else if (!verdict.IsAllowed)
        {
            connection.Fail(ErrorCodes.Internal, "the access check failed", verdict.Error);
        }

        return verdict.IsAllowed;
    }

    /// <summary>The same without an answer, for commands that also write an event.</summary>
    public AccessVerdict Check(JsonConnection connection, string command, uint right, in Sid target)
    {
        // Without a token the subject would be authd itself.
        return connection.Peer.Token is Fd token
            ? AccessCheck.Check(_device, token, Policy.Security, right, AuthdRights.Mapping, $"authd:{command}:{target}")
            : new AccessVerdict(Errno.EACCES, 0);
    }

    /// <inheritdoc/>
    protected override Result<PeerIdentity> Identify(UnixSocket socket)
    {
        if (!Token.OpenPeer(_device, socket.Fd).TryGet(out Token? token, out Errno error))
        {
            return error;
        }

        if (token.User().TryGet(out Sid user, out error))
        {
            return new PeerIdentity(token.Fd, user.ToString());
        }

        token.Dispose();
        return error;
    }

    /// <inheritdoc/>
    protected override void Handle(JsonConnection connection, string command, JsonObject request)
    {
        switch (command)
        {
            case "service-token":
                _serviceToken.Run(connection, request);
                break;
            case "lookup":
                if (_lookup.TryRead(connection, request, out LookupRequest wanted) && Authorize(connection, command, AuthdRights.Lookup))
                {
                    _lookup.Run(connection, wanted);
                }

                break;
            case "status":
                if (Authorize(connection, command, AuthdRights.Lookup))
                {
                    _status.Run(connection);
                }

                break;
            case "list-sessions":
                _sessions.Run(connection);
                break;
            case "preview":
                Preview(connection, request);
                break;
            case "logon" or "elevate" or "change-password" or "end-session" or "policy" or "reload":
                request.Wipe();
                connection.Fail(AuthdCodes.Unsupported, $"{command} is not part of this version of authd");
                break;
            default:
                connection.Fail(ErrorCodes.UnknownCommand, "unknown command");
                break;
        }
    }

    private void Preview(JsonConnection connection, JsonObject request)
    {
        if (PreviewRequest.Read(request, out string problem) is not PreviewRequest wanted)
        {
            connection.Fail(ErrorCodes.InvalidRequest, problem);
        }
        else if (Authorize(connection, "preview", AuthdRights.Admin))
        {
            _preview.Run(connection, wanted);
        }
    }

    /// <inheritdoc/>
    protected override void OnFault(JsonConnection connection, Exception exception) =>
        Console.Error.WriteLine($"authd: a request failed unexpectedly: {exception.GetType().Name}: {exception.Message}");
}
