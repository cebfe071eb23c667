// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text.Json;
using Lpsd.Store;
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>Commands that read (LPS-048). Reads leave no event.</summary>
internal sealed class QueryCommands(LpsdServer server, LpsStore store, LpsdEvents events)
{
    private const int MaxEntries = 256;
    private const int MaxImplicit = 64;

    /// <summary>Runs the command if it is one of these.</summary>
    public bool TryRun(JsonConnection connection, string command, JsonObject request)
    {
        switch (command)
        {
            case "ping":
                Ping(connection);
                return true;
            case "status":
                Status(connection);
                return true;
            case "domain":
                Domain(connection);
                return true;
            case "list":
                List(connection, request);
                return true;
            case "show":
                Show(connection, request);
                return true;
            case "lookup":
                Lookup(connection, request);
                return true;
            case "resolve":
                Resolve(connection, request);
                return true;
            case "group-members":
                Members(connection, request);
                return true;
            default:
                return false;
        }
    }

    private static void Ping(JsonConnection connection)
    {
        Utf8JsonWriter writer = connection.BeginAnswer();
        writer.WriteString("version"u8, "0.1.0"u8);
        writer.WriteNumber("schema"u8, Schema.Version);
        connection.EndAnswer(writer);
    }

    private void Status(JsonConnection connection)
    {
        if (!server.Authorize(connection, "status", LpsdRights.Read, null))
        {
            return;
        }

        long count = store.Count();
        bool done = store.SetupDone;
        bool admin = new PrincipalChanges(store).HasAdministrator(Clock.Realtime);
        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            writer.WriteNumber("principals"u8, count);
            writer.WriteBoolean("setup_done"u8, done);
            writer.WriteBoolean("has_admin"u8, admin);
            writer.WriteNumber("events_lost"u8, events.Lost);
            connection.EndAnswer(writer);
        }
    }

    private void Domain(JsonConnection connection)
    {
        if (!server.Authorize(connection, "domain", LpsdRights.Read, null))
        {
            return;
        }

        Sid machine = store.MachineSid;
        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            writer.WriteString("sid"u8, machine.ToString());
            connection.EndAnswer(writer);
        }
    }

    private void List(JsonConnection connection, JsonObject request)
    {
        PrincipalKind? kind = null;
        if (request.Has("kind"))
        {
            if (!request.TryGetString("kind", out string name) || !PrincipalJson.TryKind(name, out PrincipalKind wanted))
            {
                connection.Fail(ErrorCodes.InvalidRequest, "kind is not user, group, alias, service or machine");
                return;
            }

            kind = wanted;
        }

        if (!server.Authorize(connection, "list", LpsdRights.Read, null))
        {
            return;
        }

        store.Execute("BEGIN"u8);
        List<(PrincipalRow Row, List<Sid> Groups)> rows = [];
        foreach (PrincipalRow row in store.List(kind))
        {
            rows.Add((row, store.GroupsOf(row.Sid)));
        }

        store.Execute("COMMIT"u8);
        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            writer.WriteStartArray("principals"u8);
            foreach ((PrincipalRow row, List<Sid> groups) in rows)
            {
                writer.WriteStartObject();
                PrincipalJson.Write(writer, row, groups, isPrivate: false);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            connection.EndAnswer(writer);
        }
    }

    private void Show(JsonConnection connection, JsonObject request)
    {
        if (Find(connection, "show", request, LpsdRights.Read) is not PrincipalRow row)
        {
            return;
        }

        List<Sid> groups = store.GroupsOf(row.Sid);
        bool mayWrite = server.Check(connection, "show", LpsdRights.Write, row).IsAllowed;
        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            writer.WriteStartObject("principal"u8);
            PrincipalJson.Write(writer, row, groups, mayWrite);
            writer.WriteEndObject();
            connection.EndAnswer(writer);
        }
    }

    private void Lookup(JsonConnection connection, JsonObject request)
    {
        string[] names = [];
        string[] sids = [];
        if ((request.Has("names") && !request.TryGetStrings("names", out names)) || (request.Has("sids") && !request.TryGetStrings("sids", out sids)) || names.Length + sids.Length > MaxEntries)
        {
            connection.Fail(ErrorCodes.InvalidRequest, "names and sids are arrays of at most 256 strings in all");
            return;
        }

        if (!server.Authorize(connection, "lookup", LpsdRights.Read, null))
        {
            return;
        }

        List<PrincipalRow> found = [];
        foreach (string name in names)
        {
            Keep(found, store.Find(name));
        }

        foreach (string text in sids)
        {
            Keep(found, Sid.TryParse(text, out Sid sid) ? store.Find(sid) : null);
        }

        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            writer.WriteStartArray("entries"u8);
            foreach (PrincipalRow row in found)
            {
                writer.WriteStartObject();
                PrincipalJson.Identity(writer, row);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            connection.EndAnswer(writer);
        }
    }

    private void Members(JsonConnection connection, JsonObject request)
    {
        bool nested = false;
        if (!Target.TryReadEither(request, "group", out Target target) || (request.Has("nested") && !request.TryGetBoolean("nested", out nested)))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "group is a name or a SID, nested a boolean");
            return;
        }

        if (FindTarget(connection, "group-members", target, LpsdRights.Read) is not PrincipalRow group)
        {
            return;
        }

        store.Execute("BEGIN"u8);
        List<Sid> members = nested ? Descend(group.Sid) : store.MembersOf(group.Sid);
        store.Execute("COMMIT"u8);
        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            PrincipalJson.Sids(writer, "members", members);
            connection.EndAnswer(writer);
        }
    }

    /// <summary>
    /// A principal's record for authd (LPS-050). A well-known account that is no row gets its groups alone: authd
    /// keeps those accounts itself.
    /// </summary>
    private void Resolve(JsonConnection connection, JsonObject request)
    {
        List<Sid> start = [];
        if (!Target.TryRead(request, out Target target) || !TryImplicit(request, start))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "resolve takes name or sid, and implicit, an array of at most 64 SIDs");
            return;
        }

        PrincipalRow? row = target.Find(store);
        bool wellKnown = row is null && target.Name is null && target.Sid is { Authority: 5, SubAuthorityCount: 1 };
        if (!server.StoreOk(connection) || !server.Authorize(connection, "resolve", LpsdRights.Verify, row))
        {
            return;
        }

        if (row is null && !wellKnown)
        {
            connection.Fail(ErrorCodes.NotFound, "no such principal");
            return;
        }

        start.Add(row?.Sid ?? target.Sid);
        store.Execute("BEGIN"u8);
        ResolveAnswer answer = ResolveAnswer.Read(store, row, start);
        store.Execute("COMMIT"u8);
        if (server.StoreOk(connection))
        {
            Utf8JsonWriter writer = connection.BeginAnswer();
            answer.Write(writer);
            connection.EndAnswer(writer);
        }
    }

    private static bool TryImplicit(JsonObject request, List<Sid> sids)
    {
        string[] texts = [];
        if ((request.Has("implicit") && !request.TryGetStrings("implicit", out texts)) || texts.Length > MaxImplicit)
        {
            return false;
        }

        foreach (string text in texts)
        {
            if (!Sid.TryParse(text, out Sid sid))
            {
                return false;
            }

            sids.Add(sid);
        }

        return true;
    }

    private PrincipalRow? Find(JsonConnection connection, string command, JsonObject request, uint right)
    {
        if (Target.TryRead(request, out Target target))
        {
            return FindTarget(connection, command, target, right);
        }

        connection.Fail(ErrorCodes.InvalidRequest, $"{command} takes name or sid, not both");
        return null;
    }

    /// <summary>AUTH-011: an absent target is judged by the store's descriptor, so that a refusal does not tell what exists.</summary>
    private PrincipalRow? FindTarget(JsonConnection connection, string command, Target target, uint right)
    {
        PrincipalRow? row = target.Find(store);
        if (!server.StoreOk(connection) || !server.Authorize(connection, command, right, row))
        {
            return null;
        }

        if (row is null)
        {
            connection.Fail(ErrorCodes.NotFound, "no such principal");
        }

        return row;
    }

    private List<Sid> Descend(in Sid group)
    {
        List<Sid> all = [];
        HashSet<Sid> seen = [group];
        Queue<Sid> open = new(seen);
        while (open.TryDequeue(out Sid sid))
        {
            foreach (Sid member in store.MembersOf(sid))
            {
                if (seen.Add(member))
                {
                    all.Add(member);
                    open.Enqueue(member);
                }
            }
        }

        return all;
    }

    private static void Keep(List<PrincipalRow> found, PrincipalRow? row)
    {
        if (row is not null)
        {
            found.Add(row);
        }
    }
}
