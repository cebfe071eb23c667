// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Peios.Interop.Sqlite;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>Changes to principals and groups, each one transaction that is durable when it returns success (LPS-009).</summary>
internal sealed class PrincipalChanges(LpsStore store)
{
    /// <summary>Longest chain of nested groups (LPS-035).</summary>
    public const int MaxChain = 16;

    private const uint LastRid = 2147483647;
    private const uint NoId = 65534;
    private const uint NoId16 = 65535;

    /// <summary>Adds a principal with the next RID (LPS-020, LPS-021, LPS-026, LPS-027, LPS-053).</summary>
    public Outcome Add(NewPrincipal wanted, ulong now, out Sid sid)
    {
        sid = default;
        if (!Names.IsValid(wanted.Name, wanted.Kind))
        {
            return new Outcome(LpsdCodes.InvalidName, "not a possible name, or a reserved one");
        }

        if (!Names.IsText(wanted.DisplayName) || !Names.IsText(wanted.Description) || !Names.IsPath(wanted.Home) || !Names.IsPath(wanted.Shell))
        {
            return new Outcome(LpsdCodes.InvalidValue, "a profile field is too long, not absolute, or holds ':' or a control character");
        }

        store.Execute("BEGIN IMMEDIATE"u8);
        if (store.Find(wanted.Name) is not null)
        {
            return Undo(LpsdCodes.AlreadyExists, "the name is taken");
        }

        uint rid = TakeRid();
        if (rid == 0 && store.Ok)
        {
            return Undo(LpsdCodes.RidExhausted, "no RID is left");
        }

        Sid machine = store.MachineSid;
        PrincipalRow row = Row(wanted, machine, rid, now);
        store.Insert(row);
        Outcome joined = Join(row, wanted.Groups);
        sid = row.Sid;
        return joined.Ok ? Commit() : joined;
    }

    /// <summary>Adds a member to a group (LPS-034, LPS-035).</summary>
    public Outcome AddMember(PrincipalRow group, in Sid member)
    {
        store.Execute("BEGIN IMMEDIATE"u8);
        Outcome outcome = Insert(group, member);
        return outcome.Ok ? Commit() : outcome;
    }

    /// <summary>Removes a member, unless it is its primary group (LPS-028) or the last usable administrator (LPS-032).</summary>
    public Outcome RemoveMember(PrincipalRow group, in Sid member, ulong now)
    {
        store.Execute("BEGIN IMMEDIATE"u8);
        if (!store.MembersOf(group.Sid).Contains(member))
        {
            return Undo(Peios.Ipc.ErrorCodes.NotFound, "not a member");
        }

        if (store.Find(member)?.PrimaryGroup == group.Sid)
        {
            return Undo(LpsdCodes.InvalidValue, "it is the member's primary group");
        }

        bool before = HasAdministrator(now);
        store.RemoveMember(group.Sid, member);
        return before && !HasAdministrator(now) ? Undo(LpsdCodes.LastAdmin, "no usable administrator would remain") : Commit();
    }

    /// <summary>Is there an enabled, unexpired user with a credential among the resolved members of Administrators?</summary>
    public bool HasAdministrator(ulong now)
    {
        foreach (PrincipalRow user in store.List(PrincipalKind.User))
        {
            bool usable = (user.Flags & PrincipalFlags.Disabled) == 0 && (user.ExpiresAt == 0 || user.ExpiresAt > now) && store.HasCredential(user.Sid);
            if (usable && store.Resolve([user.Sid]).Contains(WellKnownSids.Administrators))
            {
                return true;
            }
        }

        return false;
    }

    private Outcome Join(PrincipalRow row, IReadOnlyList<Sid> groups)
    {
        if (!row.PrimaryGroup.IsNone)
        {
            store.AddMember(row.PrimaryGroup, row.Sid);
        }

        foreach (Sid sid in groups)
        {
            if (sid == row.PrimaryGroup)
            {
                continue;
            }

            Outcome outcome = store.Find(sid) is PrincipalRow group ? Insert(group, row.Sid) : Undo(Peios.Ipc.ErrorCodes.NotFound, "no such group");
            if (!outcome.Ok)
            {
                return outcome;
            }
        }

        return Outcome.Done;
    }

    /// <summary>Adds a membership inside the caller's transaction.</summary>
    internal Outcome Insert(PrincipalRow group, in Sid member)
    {
        if (group.Kind is not (PrincipalKind.Group or PrincipalKind.Alias))
        {
            return Undo(LpsdCodes.InvalidValue, "not a group");
        }

        bool local = member.IsChildOf(store.MachineSid);
        bool possible = member == WellKnownSids.Everyone || (member.Authority == 5 && !member.IsChildOf(WellKnownSids.Builtin) && member != WellKnownSids.Builtin);
        if (!possible || (local && store.Find(member) is null))
        {
            return possible ? Undo(Peios.Ipc.ErrorCodes.NotFound, "no such member") : Undo(LpsdCodes.InvalidValue, "this SID cannot be a member");
        }

        if (store.MembersOf(group.Sid).Contains(member))
        {
            return Undo(LpsdCodes.AlreadyExists, "already a member");
        }

        if (group.Sid == member || store.Resolve([group.Sid]).Contains(member) || Height(group.Sid, true) + Height(member, false) + 1 > MaxChain)
        {
            return Undo(LpsdCodes.Cycle, "the groups would contain each other or nest too deeply");
        }

        store.AddMember(group.Sid, member);
        return Outcome.Done;
    }

    /// <summary>
    /// Edges of the longest chain of groups above or below <paramref name="start"/>, level by level; the stored graph
    /// has no cycle, and the bound ends the walk should it have one.
    /// </summary>
    private int Height(in Sid start, bool up)
    {
        HashSet<Sid> level = [start];
        for (int height = 0; height <= MaxChain; height++)
        {
            HashSet<Sid> next = [];
            foreach (Sid sid in level)
            {
                foreach (Sid neighbour in up ? store.GroupsOf(sid) : store.MembersOf(sid))
                {
                    next.Add(neighbour);
                }
            }

            if (next.Count == 0)
            {
                return height;
            }

            level = next;
        }

        return MaxChain + 1;
    }

    private static PrincipalRow Row(NewPrincipal wanted, in Sid machine, uint rid, ulong now)
    {
        bool isUser = wanted.Kind == PrincipalKind.User;
        bool isGroup = wanted.Kind == PrincipalKind.Group;
        // Nobody can set a password here yet: a user without NO_PASSWORD could not log on and starts disabled (LPS-053).
        bool disabled = isUser && (wanted.Flags & PrincipalFlags.NoPassword) == 0;
        return new PrincipalRow
        {
            Sid = machine.Append(rid),
            Kind = wanted.Kind,
            Name = wanted.Name,
            DisplayName = wanted.DisplayName,
            Description = wanted.Description,
            Flags = wanted.Flags | (disabled ? PrincipalFlags.Disabled : 0),
            PosixId = rid,
            PrimaryGroup = isGroup ? default : machine.Append(513),
            Home = isGroup ? null : wanted.Home ?? (isUser ? "/home/" + wanted.Name : "/"),
            Shell = isGroup ? null : wanted.Shell ?? (isUser ? "/bin/sh" : "/usr/sbin/nologin"),
            CreatedAt = now,
            ExpiresAt = wanted.ExpiresAt,
        };
    }

    private uint TakeRid()
    {
        uint rid = store.NextRid;
        // Linux tools read these two as "nobody".
        while (rid is NoId or NoId16)
        {
            rid++;
        }

        if (rid is < StoreSetup.FirstRid or > LastRid)
        {
            return 0;
        }

        store.SetMeta("next_rid", Encoding.ASCII.GetBytes((rid + 1).ToString(CultureInfo.InvariantCulture)));
        return rid;
    }

    private Outcome Commit() => store.Execute("COMMIT"u8) ? Outcome.Done : Failed();

    /// <summary>A store that failed on the way explains more than the consequence that was noticed.</summary>
    private Outcome Undo(string code, string message)
    {
        Outcome outcome = store.Ok ? new Outcome(code, message) : Failed();
        store.Rollback();
        return outcome;
    }

    private Outcome Failed()
    {
        store.Rollback();
        return new Outcome(LpsdCodes.StoreError, store.Failure == SqliteCode.Full ? "the disk is full" : store.FailureText);
    }
}
