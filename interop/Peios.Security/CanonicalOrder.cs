// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>
/// The order that authoring tools give a DACL (KACS-FMT-078): explicit deny, explicit allow, inherited deny, inherited
/// allow, and in each class ACEs for a kind of object after those for all. Within a class the order stays.
/// </summary>
public static class CanonicalOrder
{
    private const int Ranks = 8;

    /// <summary>The place of an ACE's class.</summary>
    public static int Rank(in Ace ace)
    {
        bool denies = ace.Type is AceType.AccessDenied or AceType.AccessDeniedObject or AceType.AccessDeniedCallback or AceType.AccessDeniedCallbackObject;
        bool limited = !ace.ObjectType.IsEmpty || !ace.InheritedObjectType.IsEmpty;
        int rank = ((ace.Flags & AceFlags.Inherited) != 0 ? 4 : 0) + (denies ? 0 : 2);
        return rank + (limited ? 1 : 0);
    }

    /// <summary>Is the DACL in order?</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> dacl)
    {
        int last = 0;
        if (AclReader.TryRead(dacl, out AclReader reader))
        {
            while (reader.MoveNext(out Ace ace))
            {
                int rank = Rank(ace);
                if (rank < last)
                {
                    return false;
                }

                last = rank;
            }
        }

        return true;
    }

    /// <summary>The same ACEs, byte for byte, in order; what is no ACL comes back as it is.</summary>
    public static byte[] Sort(byte[] dacl)
    {
        if (!AclReader.TryRead(dacl, out AclReader reader) || IsCanonical(dacl))
        {
            return dacl;
        }

        AclBuilder sorted = new() { SourceRevision = reader.Revision };
        for (int rank = 0; rank < Ranks; rank++)
        {
            AclReader round = reader;
            while (round.MoveNext(out Ace ace))
            {
                if (Rank(ace) == rank)
                {
                    sorted.AddRaw(ace);
                }
            }
        }

        return sorted.TryBuild(out byte[] bytes) ? bytes : dacl;
    }
}
