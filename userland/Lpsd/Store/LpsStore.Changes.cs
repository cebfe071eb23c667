// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop.Sqlite;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>Statements that change principals, and their claims. The caller holds a transaction.</summary>
internal sealed partial class LpsStore
{
    /// <summary>Writes every field but the identity.</summary>
    public bool Update(PrincipalRow row)
    {
        using SqliteStatement? change = Prepare("UPDATE principals SET name=?2,name_folded=?3,display_name=?4,description=?5,flags=?6,primary_group=?7,home=?8,shell=?9,changed_at=?10,expires_at=?11,audit_policy=?12 WHERE sid=?1"u8);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, row.Sid);
        BindText(change, 2, row.Name);
        BindText(change, 3, Names.Fold(row.Name));
        BindText(change, 4, row.DisplayName);
        BindText(change, 5, row.Description);
        change.Bind(6, (long)row.Flags);
        BindSid(change, 7, row.PrimaryGroup);
        BindText(change, 8, row.Home);
        BindText(change, 9, row.Shell);
        change.Bind(10, (long)row.ChangedAt);
        change.Bind(11, (long)row.ExpiresAt);
        change.Bind(12, row.AuditPolicy);
        return Run(change);
    }

    /// <summary>Removes a principal; credential, lockout, claims and members go with the row, memberships here.</summary>
    public bool Delete(in Sid sid) => OfSid("DELETE FROM members WHERE member_sid=?1"u8, sid) && OfSid("DELETE FROM principals WHERE sid=?1"u8, sid);

    /// <summary>Is the group somebody's primary one?</summary>
    public bool IsPrimary(in Sid group)
    {
        using SqliteStatement? query = Prepare("SELECT 1 FROM principals WHERE primary_group=?1"u8);
        if (query is null)
        {
            return false;
        }

        BindSid(query, 1, group);
        return Step(query);
    }

    /// <summary>Replaces the descriptor of a principal; null clears it.</summary>
    public bool SetSecurity(in Sid sid, byte[]? descriptor, ulong now)
    {
        using SqliteStatement? change = Prepare("UPDATE principals SET sd=?2,changed_at=?3 WHERE sid=?1"u8);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, sid);
        if (descriptor is not null)
        {
            change.BindBlob(2, descriptor);
        }

        change.Bind(3, (long)now);
        return Run(change);
    }

    /// <summary>Claim entries of a principal, by name.</summary>
    public List<byte[]> Claims(in Sid sid)
    {
        List<byte[]> entries = [];
        using SqliteStatement? query = Prepare("SELECT entry FROM claims WHERE sid=?1 ORDER BY name_folded"u8);
        if (query is not null)
        {
            BindSid(query, 1, sid);
            while (Step(query))
            {
                entries.Add(query.ColumnBlob(0).ToArray());
            }
        }

        return entries;
    }

    /// <summary>Has the principal a claim of that name, in any case?</summary>
    public bool HasClaim(in Sid sid, string name)
    {
        using SqliteStatement? query = Prepare("SELECT 1 FROM claims WHERE sid=?1 AND name_folded=?2"u8);
        if (query is null)
        {
            return false;
        }

        BindSid(query, 1, sid);
        BindText(query, 2, Names.Fold(name));
        return Step(query);
    }

    /// <summary>Adds or replaces a claim.</summary>
    public bool SetClaim(in Sid sid, string name, byte[] entry)
    {
        using SqliteStatement? change = Prepare("INSERT OR REPLACE INTO claims(sid,name,name_folded,entry) VALUES(?1,?2,?3,?4)"u8);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, sid);
        BindText(change, 2, name);
        BindText(change, 3, Names.Fold(name));
        change.BindBlob(4, entry);
        return Run(change);
    }

    /// <summary>Removes a claim.</summary>
    public bool RemoveClaim(in Sid sid, string name)
    {
        using SqliteStatement? change = Prepare("DELETE FROM claims WHERE sid=?1 AND name_folded=?2"u8);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, sid);
        BindText(change, 2, Names.Fold(name));
        return Run(change);
    }

    private bool OfSid(ReadOnlySpan<byte> sql, in Sid sid)
    {
        using SqliteStatement? change = Prepare(sql);
        if (change is null)
        {
            return false;
        }

        BindSid(change, 1, sid);
        return Run(change);
    }
}
