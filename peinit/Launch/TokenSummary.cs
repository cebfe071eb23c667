// SPDX-License-Identifier: MIT
using System;
using Peios.Events;
using Peios.Interop;
using Peios.Security;

namespace Peinit.Launch;

/// <summary>
/// What a job's record says of its token (PEINIT-286): user SID, group SIDs, privileges present, as an encoded map. Taken at
/// the fork, for the token may be gone when the job ends.
/// </summary>
internal static class TokenSummary
{
    private const int MaxBytes = 4096;

    /// <summary>The map; empty for a token that cannot be read or has more groups than fit.</summary>
    internal static byte[] Of(Fd fd)
    {
        // The descriptor stays its owner's.
        Token token = new(fd);
        if (!token.User().TryGet(out Sid user) || !token.Groups().TryGet(out SidAndAttributes[]? groups)
            || !token.Privileges().TryGet(out TokenPrivileges privileges))
        {
            return [];
        }

        Span<byte> room = stackalloc byte[MaxBytes];
        MsgPackWriter writer = new(room);
        writer.Map(3);
        writer.String("user_sid"u8);
        Write(ref writer, user);
        writer.String("groups"u8);
        writer.Array(groups.Length);
        foreach (SidAndAttributes group in groups)
        {
            Write(ref writer, group.Sid);
        }

        writer.String("privileges"u8);
        writer.UInt64(privileges.Present);
        return writer.Written.ToArray();
    }

    private static void Write(ref MsgPackWriter writer, in Sid sid)
    {
        Span<byte> bytes = stackalloc byte[Sid.MaxBinaryLength];
        writer.Binary(bytes[..sid.Write(bytes)]);
    }
}
