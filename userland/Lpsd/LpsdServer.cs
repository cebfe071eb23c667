// SPDX-License-Identifier: MIT
using System;
using Lpsd.Commands;
using Lpsd.Store;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd;

/// <summary>
/// The socket of lpsd (AUTH-009 to AUTH-011, LPS-045 to LPS-048). Each command is checked against the descriptor of its
/// target or, where there is none, of the store.
/// </summary>
internal sealed class LpsdServer : JsonServer
{
    private readonly KacsDevice _device;
    private readonly Func<byte[]> _security;
    private readonly QueryCommands _queries;
    private readonly ChangeCommands _changes;
    private readonly AccountCommands _accounts;

    public LpsdServer(EventLoop loop, UnixSocket listener, KacsDevice device, LpsStore store, Func<byte[]> security, AccountFiles files, LpsdEvents events)
        : base(loop, listener, new JsonServerLimits())
    {
        _device = device;
        _security = security;
        Store = store;
        _queries = new QueryCommands(this, store, events);
        _changes = new ChangeCommands(this, store, files, events);
        _accounts = new AccountCommands(this, store, files, events);
    }

    /// <summary>The store.</summary>
    public LpsStore Store { get; }

    /// <summary>The store is damaged: the program ends after the answer (LPS-014).</summary>
    public bool IsStoreDamaged { get; private set; }

    /// <summary>Checks a right on a target, or on the store when it is null; the answer is sent if it is refused.</summary>
    public bool Authorize(JsonConnection connection, string command, uint right, PrincipalRow? target) =>
        Answered(connection, command, Check(connection, command, right, target));

    /// <summary>The same without an answer.</summary>
    public AccessVerdict Check(JsonConnection connection, string command, uint right, PrincipalRow? target)
    {
        Sid self = target?.Sid ?? default;
        // Without a token the subject would be lpsd itself.
        return connection.Peer.Token is Fd token
            ? AccessCheck.Check(_device, token, target?.Security ?? _security(), right, LpsdRights.Mapping, $"lpsd:{command}:{self}", self)
            : new AccessVerdict(Errno.EACCES, 0);
    }

    /// <summary>Sends the refusal that a verdict asks for; true when there is none.</summary>
    public static bool Answered(JsonConnection connection, string command, in AccessVerdict verdict)
    {
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

    /// <summary>Sends STORE_ERROR if the store has failed; true when it has not.</summary>
    public bool StoreOk(JsonConnection connection)
    {
        if (Store.Ok)
        {
            return true;
        }

        Console.Error.WriteLine($"lpsd: the store failed: {Store.Failure}: {Store.FailureText}");
        connection.Fail(LpsdCodes.StoreError, Store.Failure == SqliteCode.Full ? "the disk is full" : "the store failed");
        return false;
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
        Store.Reset();
        if (!_queries.TryRun(connection, command, request) && !_changes.TryRun(connection, command, request) && !_accounts.TryRun(connection, command, request))
        {
            Unbuilt(connection, command, request);
        }

        if (Store.Failure is SqliteCode.Corrupt or SqliteCode.NotADatabase)
        {
            IsStoreDamaged = true;
            Loop.Stopping = true;
        }
    }

    /// <inheritdoc/>
    protected override void OnFault(JsonConnection connection, Exception exception) =>
        Console.Error.WriteLine($"lpsd: a request failed unexpectedly: {exception.GetType().Name}: {exception.Message}");

    private static void Unbuilt(JsonConnection connection, string command, JsonObject request)
    {
        request.Wipe();
        bool known = command is "unlock" or "set-password" or "change-password" or "verify";
        if (known)
        {
            connection.Fail(LpsdCodes.Unsupported, $"{command} is not part of this version of lpsd");
        }
        else
        {
            connection.Fail(ErrorCodes.UnknownCommand, "unknown command");
        }
    }
}
