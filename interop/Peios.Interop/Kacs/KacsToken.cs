// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Kacs;

/// <summary>The calls of a token descriptor (KACS-TOK-002), one method each, without interpretation.</summary>
public static unsafe class KacsToken
{
    /// <summary>Reads one query class into <paramref name="buffer"/>; ERANGE reports the size needed in <paramref name="size"/>.</summary>
    /// <param name="token">Token with TOKEN_QUERY.</param>
    /// <param name="tokenClass">KACS_TOKEN_CLASS value.</param>
    /// <param name="buffer">Room; empty asks for the size only.</param>
    /// <param name="size">Size of the payload.</param>
    public static Errno Query(Fd token, uint tokenClass, Span<byte> buffer, out int size)
    {
        fixed (byte* p = buffer)
        {
            KacsQueryArgs args = new() { TokenClass = tokenClass, BufLen = (uint)buffer.Length, BufPtr = (ulong)p };
            Errno error = Call(token, KacsAbi.IocQuery, &args);
            size = (int)args.BufLen;
            return error;
        }
    }

    /// <summary>Changes privileges; returns the enabled mask from before (KACS-TOK-067).</summary>
    /// <param name="token">Token with TOKEN_ADJUST_PRIVILEGES.</param>
    /// <param name="entries">Pairs of bit number and attributes.</param>
    public static Result<ulong> AdjustPrivileges(Fd token, ReadOnlySpan<(uint Bit, uint Attributes)> entries)
    {
        Span<KacsPrivEntry> copy = stackalloc KacsPrivEntry[Math.Min(entries.Length, 65)];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = new KacsPrivEntry { Luid = entries[i].Bit, Attributes = entries[i].Attributes };
        }

        fixed (KacsPrivEntry* p = copy)
        {
            KacsAdjustPrivsArgs args = new() { Count = (uint)entries.Length, DataPtr = (ulong)p };
            Errno error = Call(token, KacsAbi.IocAdjustPrivs, &args);
            return error.Ok ? args.PreviousEnabled : error;
        }
    }

    /// <summary>Enables or disables groups; returns the enabled set from before (KACS-TOK-070).</summary>
    /// <param name="token">Token with TOKEN_ADJUST_GROUPS.</param>
    /// <param name="entries">Pairs of group index and 0 or 1.</param>
    public static Result<ulong> AdjustGroups(Fd token, ReadOnlySpan<(uint Index, uint Enable)> entries)
    {
        Span<KacsGroupEntry> copy = stackalloc KacsGroupEntry[Math.Min(entries.Length, 65)];
        for (int i = 0; i < copy.Length; i++)
        {
            copy[i] = new KacsGroupEntry { Index = entries[i].Index, Enable = entries[i].Enable };
        }

        fixed (KacsGroupEntry* p = copy)
        {
            KacsAdjustGroupsArgs args = new() { Count = (uint)entries.Length, DataPtr = (ulong)p };
            Errno error = Call(token, KacsAbi.IocAdjustGroups, &args);
            return error.Ok ? args.PreviousState : error;
        }
    }

    /// <summary>Copies a token (KACS-TOK-054).</summary>
    public static Result<Fd> Duplicate(Fd token, uint access, uint tokenType, uint level)
    {
        KacsDuplicateArgs args = new() { AccessMask = access, TokenType = tokenType, ImpersonationLevel = level };
        Errno error = Call(token, KacsAbi.IocDuplicate, &args);
        return error.Ok ? Result<Fd>.From(new Fd(args.ResultFd)) : error;
    }

    /// <summary>Makes a weaker copy (KACS-TOK-060).</summary>
    /// <param name="token">Token with TOKEN_DUPLICATE.</param>
    /// <param name="deletePrivileges">Mask of privileges to remove.</param>
    /// <param name="denyGroups">Indices of groups that may only deny from then on.</param>
    /// <param name="restrictingSids">Binary SIDs, packed.</param>
    /// <param name="restrictingCount">How many SIDs those are.</param>
    /// <param name="flags">KACS_RESTRICT bits.</param>
    public static Result<Fd> Restrict(
        Fd token,
        ulong deletePrivileges,
        ReadOnlySpan<uint> denyGroups,
        ReadOnlySpan<byte> restrictingSids,
        int restrictingCount,
        uint flags)
    {
        byte[] payload = new byte[(denyGroups.Length * sizeof(uint)) + restrictingSids.Length];
        for (int i = 0; i < denyGroups.Length; i++)
        {
            BitConverter.TryWriteBytes(payload.AsSpan(i * sizeof(uint)), denyGroups[i]);
        }

        restrictingSids.CopyTo(payload.AsSpan(denyGroups.Length * sizeof(uint)));
        fixed (byte* p = payload)
        {
            KacsRestrictArgs args = new()
            {
                PrivsToDelete = deletePrivileges,
                NumDenyIndices = (uint)denyGroups.Length,
                NumRestrictSids = (uint)restrictingCount,
                DataLen = (uint)payload.Length,
                Flags = flags,
                DataPtr = (ulong)p,
            };
            Errno error = Call(token, KacsAbi.IocRestrict, &args);
            return error.Ok ? Result<Fd>.From(new Fd(args.ResultFd)) : error;
        }
    }

    /// <summary>Makes the token the calling process's primary token (KACS-TOK-102).</summary>
    public static Errno Install(Fd token) => Call(token, KacsAbi.IocInstall, null);

    /// <summary>Acts as the token on the calling thread (KACS-TOK-111).</summary>
    public static Errno Impersonate(Fd token) => Call(token, KacsAbi.IocImpersonate, null);

    /// <summary>Ties an elevated and a filtered token together on their session (KACS-TOK-076).</summary>
    public static Errno LinkTokens(Fd anyToken, Fd elevated, Fd filtered, ulong session)
    {
        KacsLinkTokensArgs args = new() { ElevatedFd = elevated.Raw, FilteredFd = filtered.Raw, LogonSessionId = session };
        return Call(anyToken, KacsAbi.IocLinkTokens, &args);
    }

    /// <summary>The other token of the pair, or an inspection copy of it (KACS-TOK-081).</summary>
    public static Result<Fd> GetLinkedToken(Fd token)
    {
        KacsGetLinkedTokenArgs args = default;
        Errno error = Call(token, KacsAbi.IocGetLinkedToken, &args);
        return error.Ok ? Result<Fd>.From(new Fd(args.ResultFd)) : error;
    }

    /// <summary>Changes what new objects get: DACL, owner, group (KACS-TOK-073).</summary>
    /// <param name="token">Token with TOKEN_ADJUST_DEFAULT.</param>
    /// <param name="replaceDacl">True: <paramref name="dacl"/> replaces the default, an empty one clears it.</param>
    /// <param name="dacl">Binary ACL.</param>
    /// <param name="owner">Owner index, 0xFFFF keeps it.</param>
    /// <param name="group">Primary group index, 0xFFFF keeps it.</param>
    public static Errno AdjustDefault(Fd token, bool replaceDacl, ReadOnlySpan<byte> dacl, ushort owner, ushort group)
    {
        byte none = 0;
        fixed (byte* p = dacl)
        {
            KacsAdjustDefaultArgs args = new()
            {
                DaclPtr = replaceDacl ? (ulong)(dacl.IsEmpty ? &none : p) : 0,
                DaclLen = replaceDacl ? (uint)dacl.Length : 0,
                OwnerIndex = owner,
                GroupIndex = group,
            };
            return Call(token, KacsAbi.IocAdjustDefault, &args);
        }
    }

    /// <summary>Changes the interactivity scope; needs SeTcbPrivilege too (KACS-TOK-075).</summary>
    public static Errno AdjustInteractivityScope(Fd token, uint scope) =>
        Call(token, KacsAbi.IocAdjustInteractivityScope, &scope);

    private static Errno Call(Fd token, uint command, void* args) => Libc.Check(Libc.ioctl(token.Raw, command, args));
}
