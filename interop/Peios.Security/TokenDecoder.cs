// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;

namespace Peios.Security;

/// <summary>Decodes query payloads (KACS-TOK-096, KACS-TOK-097). What does not fit its class exactly is refused.</summary>
public static class TokenDecoder
{
    /// <summary>Most entries a list may have: the spec of a token is at most 64 KiB, 16 bytes an entry.</summary>
    private const uint MaxEntries = 4096;

    /// <summary>One SID; an empty payload is no SID.</summary>
    public static bool TrySid(ReadOnlySpan<byte> payload, out Sid sid)
    {
        sid = default;
        return payload.IsEmpty || Sid.TryReadExact(payload, out sid);
    }

    /// <summary>A list of SIDs with attributes.</summary>
    public static bool TrySids(ReadOnlySpan<byte> payload, out SidAndAttributes[] list)
    {
        list = [];
        SpanReader reader = new(payload);
        uint count = reader.U32();
        if (!reader.Ok || count > MaxEntries || count * 16 > (uint)reader.Remaining)
        {
            return false;
        }
        SidAndAttributes[] entries = new SidAndAttributes[count];
        for (int i = 0; i < entries.Length; i++)
        {
            if (!Sid.TryReadExact(reader.LengthPrefixed(), out Sid sid))
            {
                return false;
            }
            entries[i] = new SidAndAttributes(sid, (GroupAttributes)reader.U32());
        }
        list = reader.AtEnd ? entries : [];
        return reader.AtEnd;
    }

    /// <summary>The privilege masks.</summary>
    public static bool TryPrivileges(ReadOnlySpan<byte> payload, out TokenPrivileges privileges)
    {
        SpanReader reader = new(payload);
        privileges = new TokenPrivileges(reader.U64(), reader.U64(), reader.U64(), reader.U64());
        return reader.AtEnd;
    }

    /// <summary>One number of 32 bits.</summary>
    public static bool TryU32(ReadOnlySpan<byte> payload, out uint value)
    {
        SpanReader reader = new(payload);
        value = reader.U32();
        return reader.AtEnd;
    }

    /// <summary>One number of 64 bits.</summary>
    public static bool TryU64(ReadOnlySpan<byte> payload, out ulong value)
    {
        SpanReader reader = new(payload);
        value = reader.U64();
        return reader.AtEnd;
    }

    /// <summary>Source name and id.</summary>
    public static bool TrySource(ReadOnlySpan<byte> payload, out TokenSource source)
    {
        SpanReader reader = new(payload);
        ReadOnlySpan<byte> name = reader.Bytes(8);
        source = new TokenSource(Encoding.ASCII.GetString(name.TrimEnd((byte)0)), reader.U64());
        return reader.AtEnd;
    }

    /// <summary>Statistics.</summary>
    public static bool TryStatistics(ReadOnlySpan<byte> payload, out TokenStatistics statistics)
    {
        statistics = default;
        SpanReader reader = new(payload);
        ReadOnlySpan<byte> guid = reader.Bytes(16);
        ulong authId = reader.U64();
        ulong modifiedId = reader.U64();
        uint type = reader.U32();
        reader.Skip(4);
        ulong expiration = reader.U64();
        if (!reader.AtEnd)
        {
            return false;
        }
        statistics = new TokenStatistics(new Guid(guid), authId, modifiedId, (TokenType)type, expiration);
        return true;
    }

    /// <summary>A list of group ids.</summary>
    public static bool TryIds(ReadOnlySpan<byte> payload, out uint[] ids)
    {
        ids = [];
        SpanReader reader = new(payload);
        uint count = reader.U32();
        if (!reader.Ok || reader.Remaining % 4 != 0 || count != (uint)reader.Remaining / 4)
        {
            return false;
        }
        ids = new uint[count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = reader.U32();
        }
        return true;
    }

    /// <summary>Is it a claim array: length-prefixed entries to the end, each valid (KACS-FMT-109)?</summary>
    public static bool IsClaimArray(ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(payload);
        while (reader.Ok && reader.Remaining > 0)
        {
            if (!ClaimEntry.TryRead(reader.LengthPrefixed(), out _))
            {
                return false;
            }
        }
        return reader.Ok;
    }
}
