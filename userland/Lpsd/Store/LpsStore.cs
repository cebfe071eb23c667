// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Peios.Interop.Sqlite;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>Queries and changes of the principal store. One command is one transaction at most (LPS-009).</summary>
internal sealed partial class LpsStore(SqliteDatabase database) : StoreConnection(database)
{
    /// <summary>The machine's domain (LPS-019).</summary>
    public Sid MachineSid => Meta("machine_sid") is byte[] bytes && Sid.TryReadExact(bytes, out Sid sid) ? sid : default;

    /// <summary>Has the first administrator been set up?</summary>
    public bool SetupDone => Meta("setup_done") is [(byte)'1'];

    /// <summary>The next RID; 0 if the value is no number.</summary>
    public uint NextRid =>
        Meta("next_rid") is byte[] text && uint.TryParse(Encoding.ASCII.GetString(text), NumberStyles.None, CultureInfo.InvariantCulture, out uint rid) ? rid : 0;

    /// <summary>A value of <c>meta</c>, or null.</summary>
    public byte[]? Meta(string key)
    {
        using SqliteStatement? query = Prepare("SELECT value FROM meta WHERE key=?1"u8);
        if (query is null)
        {
            return null;
        }

        BindText(query, 1, key);
        return Step(query) ? query.ColumnBlob(0).ToArray() : null;
    }

    /// <summary>Sets a value of <c>meta</c>.</summary>
    public bool SetMeta(string key, ReadOnlySpan<byte> value)
    {
        using SqliteStatement? change = Prepare("INSERT INTO meta(key,value) VALUES(?1,?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value"u8);
        if (change is null)
        {
            return false;
        }

        BindText(change, 1, key);
        change.BindBlob(2, value);
        return Run(change);
    }

    /// <summary>A principal by SID, or null.</summary>
    public PrincipalRow? Find(in Sid sid)
    {
        using SqliteStatement? query = Prepare("SELECT sid,kind,name,display_name,description,flags,posix_id,primary_group,home,shell,created_at,changed_at,expires_at,audit_policy,sd FROM principals WHERE sid=?1"u8);
        if (query is null)
        {
            return null;
        }

        BindSid(query, 1, sid);
        return Step(query) ? ReadRow(query) : null;
    }

    /// <summary>A principal by name in any case, or null.</summary>
    public PrincipalRow? Find(string name)
    {
        using SqliteStatement? query = Prepare("SELECT sid,kind,name,display_name,description,flags,posix_id,primary_group,home,shell,created_at,changed_at,expires_at,audit_policy,sd FROM principals WHERE name_folded=?1"u8);
        if (query is null)
        {
            return null;
        }

        BindText(query, 1, Names.Fold(name));
        return Step(query) ? ReadRow(query) : null;
    }

    /// <summary>All principals, or those of one kind, by Linux id.</summary>
    public List<PrincipalRow> List(PrincipalKind? kind)
    {
        List<PrincipalRow> rows = [];
        using SqliteStatement? query = Prepare("SELECT sid,kind,name,display_name,description,flags,posix_id,primary_group,home,shell,created_at,changed_at,expires_at,audit_policy,sd FROM principals WHERE ?1=0 OR kind=?1 ORDER BY posix_id"u8);
        if (query is not null)
        {
            query.Bind(1, (long)(kind ?? 0));
            while (Step(query))
            {
                rows.Add(ReadRow(query));
            }
        }

        return rows;
    }

    /// <summary>How many principals there are.</summary>
    public long Count()
    {
        using SqliteStatement? query = Prepare("SELECT count(*) FROM principals"u8);
        return query is not null && Step(query) ? query.ColumnInt64(0) : 0;
    }

    /// <summary>Inserts a principal.</summary>
    public bool Insert(PrincipalRow row)
    {
        using SqliteStatement? change = Prepare("INSERT INTO principals(sid,kind,name,name_folded,display_name,description,flags,posix_id,primary_group,home,shell,created_at,changed_at,expires_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?12,?13)"u8);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, row.Sid);
        change.Bind(2, (long)row.Kind);
        BindText(change, 3, row.Name);
        BindText(change, 4, Names.Fold(row.Name));
        BindText(change, 5, row.DisplayName);
        BindText(change, 6, row.Description);
        change.Bind(7, (long)row.Flags);
        if (row.PosixId is uint id)
        {
            change.Bind(8, id);
        }

        BindSid(change, 9, row.PrimaryGroup);
        BindText(change, 10, row.Home);
        BindText(change, 11, row.Shell);
        change.Bind(12, (long)row.CreatedAt);
        change.Bind(13, (long)row.ExpiresAt);
        return Run(change);
    }

    /// <summary>Groups that hold <paramref name="member"/> directly.</summary>
    public List<Sid> GroupsOf(in Sid member) => Sids("SELECT group_sid FROM members WHERE member_sid=?1 ORDER BY group_sid"u8, member);

    /// <summary>Direct members of a group.</summary>
    public List<Sid> MembersOf(in Sid group) => Sids("SELECT member_sid FROM members WHERE group_sid=?1 ORDER BY member_sid"u8, group);

    /// <summary>Adds a membership.</summary>
    public bool AddMember(in Sid group, in Sid member) => ChangeMember("INSERT INTO members(group_sid,member_sid) VALUES(?1,?2)"u8, group, member);

    /// <summary>Removes a membership.</summary>
    public bool RemoveMember(in Sid group, in Sid member) => ChangeMember("DELETE FROM members WHERE group_sid=?1 AND member_sid=?2"u8, group, member);

    /// <summary>
    /// All groups that hold one of <paramref name="start"/>, directly or through others, ascending by their bytes
    /// (LPS-036). The caller holds a transaction, so that it is one snapshot.
    /// </summary>
    public List<Sid> Resolve(IEnumerable<Sid> start)
    {
        HashSet<Sid> seen = [.. start];
        Queue<Sid> open = new(seen);
        List<Sid> groups = [];
        while (open.TryDequeue(out Sid sid))
        {
            foreach (Sid group in GroupsOf(sid))
            {
                if (seen.Add(group))
                {
                    groups.Add(group);
                    open.Enqueue(group);
                }
            }
        }

        groups.Sort(static (a, b) => a.ToArray().AsSpan().SequenceCompareTo(b.ToArray()));
        return groups;
    }

    /// <summary>Has the principal a credential?</summary>
    public bool HasCredential(in Sid sid)
    {
        using SqliteStatement? query = Prepare("SELECT 1 FROM credentials WHERE sid=?1"u8);
        if (query is null)
        {
            return false;
        }

        BindSid(query, 1, sid);
        return Step(query);
    }

    /// <summary>The single column of a query without parameters, as text; null when there is no row.</summary>
    public string? Scalar(ReadOnlySpan<byte> sql)
    {
        using SqliteStatement? query = Prepare(sql);
        return query is not null && Step(query) ? ReadText(query, 0) : null;
    }

    /// <summary>Copies the database to another file (LPS-013).</summary>
    public SqliteCode BackupTo(SqliteDatabase destination) => Database.BackupTo(destination);

    private List<Sid> Sids(ReadOnlySpan<byte> sql, in Sid key)
    {
        List<Sid> sids = [];
        using SqliteStatement? query = Prepare(sql);
        if (query is not null)
        {
            BindSid(query, 1, key);
            while (Step(query))
            {
                sids.Add(ReadSid(query, 0));
            }
        }

        return sids;
    }

    private bool ChangeMember(ReadOnlySpan<byte> sql, in Sid group, in Sid member)
    {
        using SqliteStatement? change = Prepare(sql);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, group);
        BindSid(change, 2, member);
        return Run(change);
    }

    private PrincipalRow ReadRow(SqliteStatement query) => new()
    {
        Sid = ReadSid(query, 0),
        Kind = (PrincipalKind)query.ColumnInt64(1),
        Name = ReadText(query, 2) ?? "",
        DisplayName = ReadText(query, 3),
        Description = ReadText(query, 4),
        Flags = (PrincipalFlags)query.ColumnInt64(5),
        PosixId = query.IsNull(6) ? null : (uint)query.ColumnInt64(6),
        PrimaryGroup = query.IsNull(7) ? default : ReadSid(query, 7),
        Home = ReadText(query, 8),
        Shell = ReadText(query, 9),
        CreatedAt = (ulong)query.ColumnInt64(10),
        ChangedAt = (ulong)query.ColumnInt64(11),
        ExpiresAt = (ulong)query.ColumnInt64(12),
        AuditPolicy = (uint)query.ColumnInt64(13),
        Security = query.IsNull(14) ? null : query.ColumnBlob(14).ToArray(),
    };
}
