// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop.Sqlite;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Store;

/// <summary>
/// Changes to principals that exist: fields, state, removal, claims. Each is one transaction, durable when it returns
/// success (LPS-009), and none takes away the last usable administrator (LPS-032).
/// </summary>
internal sealed class AccountChanges(LpsStore store, PrincipalChanges members)
{
    /// <summary>Most claims of a principal (LPS-033).</summary>
    public const int MaxClaims = 64;

    /// <summary>All claims of a principal: they travel in one message of 64 KB (AUTH-002).</summary>
    public const int MaxClaimBytes = 16384;

    /// <summary>Replaces the fields of a principal.</summary>
    public Outcome Set(PrincipalRow before, PrincipalUpdate update, ulong now)
    {
        PrincipalRow after = update.Row with { ChangedAt = now };
        Outcome fits = Fits(before, after);
        return fits.Ok ? Change(now, () => Store(before, after)) : fits;
    }

    /// <summary>Sets or clears DISABLED.</summary>
    public Outcome SetDisabled(PrincipalRow row, bool disabled, ulong now)
    {
        PrincipalFlags flags = disabled ? row.Flags | PrincipalFlags.Disabled : row.Flags & ~PrincipalFlags.Disabled;
        return row.Kind is PrincipalKind.User or PrincipalKind.Service
            ? Set(row, new PrincipalUpdate(row with { Flags = flags }, ["flags"]), now)
            : new Outcome(LpsdCodes.InvalidValue, "only users and service accounts are enabled and disabled");
    }

    /// <summary>Removes a principal with all that belongs to it (LPS-031).</summary>
    public Outcome Remove(PrincipalRow row, ulong now)
    {
        if ((row.Flags & PrincipalFlags.Protected) != 0)
        {
            return new Outcome(LpsdCodes.Protected, "a predefined principal stays");
        }

        return Change(now, () =>
        {
            if (row.Kind == PrincipalKind.Group && (store.MembersOf(row.Sid).Count > 0 || store.IsPrimary(row.Sid)))
            {
                return new Outcome(LpsdCodes.InvalidValue, "the group has members, or is somebody's primary group");
            }

            store.Delete(row.Sid);
            return Outcome.Done;
        });
    }

    /// <summary>Replaces the descriptor that governs a principal; null gives it the store's again (LPS-046).</summary>
    public Outcome SetSecurity(PrincipalRow row, byte[]? descriptor, ulong now)
    {
        bool usable = descriptor is null || (SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd) && !sd.Owner.IsNone && sd.HasDacl);
        return usable
            ? Change(now, () =>
            {
                store.SetSecurity(row.Sid, descriptor, now);
                return Outcome.Done;
            })
            : new Outcome(LpsdCodes.InvalidValue, "not a security descriptor with an owner and a DACL");
    }

    /// <summary>Adds or replaces a claim.</summary>
    public Outcome SetClaim(PrincipalRow row, string name, byte[] entry, ulong now) => Change(now, () =>
    {
        store.SetClaim(row.Sid, name, entry);
        int size = 0;
        List<byte[]> claims = store.Claims(row.Sid);
        claims.ForEach(claim => size += claim.Length);
        return claims.Count > MaxClaims || size > MaxClaimBytes
            ? new Outcome(LpsdCodes.InvalidValue, "a principal has at most 64 claims, of 16 KB in all")
            : Outcome.Done;
    });

    /// <summary>Removes a claim.</summary>
    public Outcome RemoveClaim(PrincipalRow row, string name, ulong now) => Change(now, () =>
    {
        if (!store.HasClaim(row.Sid, name))
        {
            return new Outcome(ErrorCodes.NotFound, "no such claim");
        }

        store.RemoveClaim(row.Sid, name);
        return Outcome.Done;
    });

    private static Outcome Fits(PrincipalRow before, PrincipalRow after)
    {
        bool renamed = after.Name != before.Name;
        if (renamed && (before.Flags & PrincipalFlags.Protected) != 0)
        {
            return new Outcome(LpsdCodes.Protected, "a predefined principal keeps its name");
        }

        if (renamed && !Names.IsValid(after.Name, after.Kind))
        {
            return new Outcome(LpsdCodes.InvalidName, "not a possible name, or a reserved one");
        }

        bool person = after.Kind is PrincipalKind.User or PrincipalKind.Service;
        bool valid = Names.IsText(after.DisplayName) && Names.IsText(after.Description) && Names.IsPath(after.Home) && Names.IsPath(after.Shell) &&
            (person || (after.Home is null && after.Shell is null && after.PrimaryGroup.IsNone)) && after.AuditPolicy <= 15;
        return valid ? Outcome.Done : new Outcome(LpsdCodes.InvalidValue, "a field is out of its range, or does not belong to this kind");
    }

    private Outcome Store(PrincipalRow before, PrincipalRow after)
    {
        if (store.Find(after.Name) is PrincipalRow other && other.Sid != after.Sid)
        {
            return new Outcome(LpsdCodes.AlreadyExists, "the name is taken");
        }

        if (after.PrimaryGroup != before.PrimaryGroup)
        {
            Outcome joined = JoinPrimary(after);
            if (!joined.Ok)
            {
                return joined;
            }
        }

        store.Update(after);
        return Outcome.Done;
    }

    /// <summary>A primary group is a local group that the principal belongs to (LPS-028).</summary>
    private Outcome JoinPrimary(PrincipalRow row)
    {
        if (store.Find(row.PrimaryGroup) is not { Kind: PrincipalKind.Group } group)
        {
            return new Outcome(LpsdCodes.InvalidValue, "the primary group is not a local group");
        }

        return store.MembersOf(group.Sid).Contains(row.Sid) ? Outcome.Done : members.Insert(group, row.Sid);
    }

    private Outcome Change(ulong now, Func<Outcome> change)
    {
        store.Execute("BEGIN IMMEDIATE"u8);
        bool before = members.HasAdministrator(now);
        Outcome outcome = change();
        if (outcome.Ok && before && !members.HasAdministrator(now))
        {
            outcome = new Outcome(LpsdCodes.LastAdmin, "no usable administrator would remain");
        }

        if (outcome.Ok && store.Ok && store.Execute("COMMIT"u8))
        {
            return outcome;
        }

        bool healthy = store.Ok;
        string failure = store.Failure == SqliteCode.Full ? "the disk is full" : store.FailureText;
        store.Rollback();
        return healthy ? outcome : new Outcome(LpsdCodes.StoreError, failure);
    }
}
