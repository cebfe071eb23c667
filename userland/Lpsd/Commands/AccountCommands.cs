// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Lpsd.Store;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>
/// Commands on one principal: set, enable, disable, remove, set-sd, claims (LPS-048). Shape, access, target, state, in
/// this order (AUTH-011); one event for each decision, refusals too (LPS-055).
/// </summary>
internal sealed class AccountCommands(LpsdServer server, LpsStore store, AccountFiles files, LpsdEvents events)
{
    private readonly AccountChanges _changes = new(store, new PrincipalChanges(store));

    /// <summary>Runs the command if it is one of these.</summary>
    public bool TryRun(JsonConnection connection, string command, JsonObject request)
    {
        switch (command)
        {
            case "set":
                Run(connection, command, request, LpsdRights.Write, Set);
                return true;
            case "enable" or "disable":
                Run(connection, command, request, LpsdRights.Write, (row, _) => (_changes.SetDisabled(row, command == "disable", Clock.Realtime), ["flags"]));
                return true;
            case "remove":
                Run(connection, command, request, LpsdRights.Remove, (row, _) => (_changes.Remove(row, Clock.Realtime), []));
                return true;
            case "set-sd":
                Run(connection, command, request, LpsdRights.Admin, SetSecurity);
                return true;
            case "claim-set" or "claim-remove":
                Claim(connection, command, request);
                return true;
            default:
                return false;
        }
    }

    private (Outcome Outcome, IReadOnlyList<string> Fields) Set(PrincipalRow row, JsonObject request) =>
        SetRequest.Apply(request, row, out string problem) is PrincipalUpdate update
            ? (_changes.Set(row, update, Clock.Realtime), update.Fields)
            : (new Outcome(ErrorCodes.InvalidRequest, problem), []);

    private (Outcome Outcome, IReadOnlyList<string> Fields) SetSecurity(PrincipalRow row, JsonObject request)
    {
        if (!request.Has("sd"))
        {
            return (request.Contains("sd") ? _changes.SetSecurity(row, null, Clock.Realtime) : new Outcome(ErrorCodes.InvalidRequest, "sd is bytes or null"), ["sd"]);
        }

        byte[] buffer = new byte[SecurityDescriptor.MaxLength];
        bool read = TryBase64(request, "sd", buffer, out int length);
        return (read ? _changes.SetSecurity(row, buffer[..length], Clock.Realtime) : new Outcome(ErrorCodes.InvalidRequest, "sd is not base64"), ["sd"]);
    }

    private void Run(
        JsonConnection connection, string command, JsonObject request, uint right, Func<PrincipalRow, JsonObject, (Outcome Outcome, IReadOnlyList<string> Fields)> change)
    {
        if (!(command == "set" ? SetRequest.TryTarget(request, out Target target) : Target.TryRead(request, out target)))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "the target is a name or a sid, not both");
            return;
        }

        if (Find(connection, command, right, target, out Outcome refused) is not PrincipalRow row)
        {
            if (refused.Code != ErrorCodes.InvalidRequest)
            {
                events.Principal(command, refused.Code, EventCaller.Of(connection), target.Sid, null, []);
                connection.Fail(refused.Code, refused.Message);
            }

            return;
        }

        (Outcome outcome, IReadOnlyList<string> fields) = change(row, request);
        if (outcome.Code == ErrorCodes.InvalidRequest)
        {
            connection.Fail(outcome.Code, outcome.Message);
            return;
        }

        events.Principal(command, outcome.Ok ? "OK" : outcome.Code, EventCaller.Of(connection), row.Sid, row.Name, fields);
        Finish(connection, outcome);
    }

    private void Claim(JsonConnection connection, string command, JsonObject request)
    {
        string problem = "claim is a name";
        byte[]? entry = null;
        bool shaped = command == "claim-set" ? (entry = ClaimRequest.Read(request, out string claim, out problem)) is not null : request.TryGetString("claim", out claim);
        if (!shaped || !Target.TryRead(request, out Target target))
        {
            connection.Fail(ErrorCodes.InvalidRequest, shaped ? "the target is a name or a sid, not both" : problem);
            return;
        }

        PrincipalRow? row = Find(connection, command, LpsdRights.Write, target, out Outcome outcome);
        if (row is null && outcome.Code == ErrorCodes.InvalidRequest)
        {
            return;
        }

        if (row is not null)
        {
            outcome = entry is null ? _changes.RemoveClaim(row, claim, Clock.Realtime) : _changes.SetClaim(row, claim, entry, Clock.Realtime);
        }

        events.Claim(command, outcome.Ok ? "OK" : outcome.Code, EventCaller.Of(connection), row?.Sid ?? target.Sid, claim);
        Finish(connection, outcome);
    }

    /// <summary>
    /// The target, if it is there and the caller has the right. Otherwise why not; INVALID_REQUEST stands for an answer
    /// that has been sent.
    /// </summary>
    private PrincipalRow? Find(JsonConnection connection, string command, uint right, Target target, out Outcome refused)
    {
        PrincipalRow? row = target.Find(store);
        AccessVerdict verdict = server.Check(connection, command, right, row);
        if (!server.StoreOk(connection))
        {
            refused = new Outcome(ErrorCodes.InvalidRequest, "");
            return null;
        }

        refused = !verdict.IsAllowed ? new Outcome(verdict.IsDenied ? ErrorCodes.AccessDenied : ErrorCodes.Internal, $"{command} is not granted to this caller")
            : row is null ? new Outcome(ErrorCodes.NotFound, "no such principal")
            : Outcome.Done;
        return refused.Ok ? row : null;
    }

    private void Finish(JsonConnection connection, Outcome outcome)
    {
        if (!outcome.Ok)
        {
            connection.Fail(outcome.Code, outcome.Message);
            return;
        }

        Errno error = files.Write(store);
        if (!error.Ok)
        {
            Console.Error.WriteLine($"lpsd: the account files could not be written: {error}");
        }

        connection.Succeed();
    }

    private static bool TryBase64(JsonObject request, string field, Span<byte> destination, out int length)
    {
        length = 0;
        return request.TryGetString(field, out string text) && Convert.TryFromBase64String(text, destination, out length);
    }
}
