// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Lpsd.Store;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>Commands that change the store: each is one transaction, then one event, then the answer (LPS-009, LPS-055).</summary>
internal sealed class ChangeCommands(LpsdServer server, LpsStore store, AccountFiles files, LpsdEvents events)
{
    private readonly PrincipalChanges _changes = new(store);

    /// <summary>Runs the command if it is one of these.</summary>
    public bool TryRun(JsonConnection connection, string command, JsonObject request)
    {
        switch (command)
        {
            case "add":
                Add(connection, request);
                return true;
            case "group-add" or "group-remove":
                Member(connection, command, request);
                return true;
            default:
                return false;
        }
    }

    private void Add(JsonConnection connection, JsonObject request)
    {
        if (AddRequest.Read(request, out string problem) is not AddRequest wanted)
        {
            connection.Fail(ErrorCodes.InvalidRequest, problem);
            return;
        }

        if (request.Has("password"))
        {
            request.Wipe();
            connection.Fail(LpsdCodes.Unsupported, "passwords are not part of this version of lpsd");
            return;
        }

        AccessVerdict verdict = server.Check(connection, "add", LpsdRights.Create, null);
        List<Sid> groups = [];
        if (verdict.IsAllowed)
        {
            verdict = CheckGroups(connection, wanted.Groups, groups);
        }

        if (!verdict.IsAllowed)
        {
            events.Principal("add", ErrorCodes.AccessDenied, EventCaller.Of(connection), default, null, []);
            LpsdServer.Answered(connection, "add", verdict);
            return;
        }

        if (!server.StoreOk(connection))
        {
            return;
        }

        if (groups.Count != wanted.Groups.Length)
        {
            Refuse(connection, new Outcome(ErrorCodes.NotFound, "a group does not exist"), wanted.Principal.Name);
            return;
        }

        Outcome outcome = _changes.Add(wanted.Principal with { Groups = groups }, Clock.Realtime, out Sid sid);
        if (!outcome.Ok)
        {
            Refuse(connection, outcome, wanted.Principal.Name);
            return;
        }

        events.Principal("add", "OK", EventCaller.Of(connection), sid, wanted.Principal.Name, []);
        RefreshFiles();
        Utf8JsonWriter writer = connection.BeginAnswer();
        writer.WriteString("sid"u8, sid.ToString());
        connection.EndAnswer(writer);
    }

    /// <summary>WRITE on each group that the new principal joins; groups that do not exist are judged by the store.</summary>
    private AccessVerdict CheckGroups(JsonConnection connection, string[] names, List<Sid> groups)
    {
        foreach (string name in names)
        {
            PrincipalRow? group = Sid.TryParse(name, out Sid sid) ? store.Find(sid) : store.Find(name);
            AccessVerdict verdict = server.Check(connection, "add", LpsdRights.Write, group);
            if (!verdict.IsAllowed)
            {
                return verdict;
            }

            if (group is not null)
            {
                groups.Add(group.Sid);
            }
        }

        return new AccessVerdict(Errno.None, LpsdRights.Write);
    }

    private void Member(JsonConnection connection, string command, JsonObject request)
    {
        if (!Target.TryReadEither(request, "group", out Target groupTarget) || !Target.TryReadEither(request, "member", out Target memberTarget))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "group and member are names or SIDs");
            return;
        }

        PrincipalRow? group = groupTarget.Find(store);
        Sid member = memberTarget.Name is null ? memberTarget.Sid : memberTarget.Find(store)?.Sid ?? default;
        AccessVerdict verdict = server.Check(connection, command, LpsdRights.Write, group);
        if (!server.StoreOk(connection))
        {
            return;
        }

        Outcome outcome = !verdict.IsAllowed ? new Outcome(verdict.IsDenied ? ErrorCodes.AccessDenied : ErrorCodes.Internal, $"{command} is not granted to this caller")
            : group is null || member.IsNone ? new Outcome(ErrorCodes.NotFound, "no such group or member")
            : command == "group-add" ? _changes.AddMember(group, member)
            : _changes.RemoveMember(group, member, Clock.Realtime);
        events.Group(command, outcome.Ok ? "OK" : outcome.Code, EventCaller.Of(connection), group?.Sid ?? default, member);
        if (!outcome.Ok)
        {
            connection.Fail(outcome.Code, outcome.Message);
            return;
        }

        RefreshFiles();
        connection.Succeed();
    }

    private void Refuse(JsonConnection connection, Outcome outcome, string name)
    {
        // A name that exists may be recorded; one that was only typed may be a password (LPS-055).
        bool exists = outcome.Code == LpsdCodes.AlreadyExists;
        events.Principal("add", outcome.Code, EventCaller.Of(connection), default, exists ? name : null, []);
        connection.Fail(outcome.Code, outcome.Message);
    }

    private void RefreshFiles()
    {
        Errno error = files.Write(store);
        if (!error.Ok)
        {
            Console.Error.WriteLine($"lpsd: the account files could not be written: {error}");
        }
    }
}
