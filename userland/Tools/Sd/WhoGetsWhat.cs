// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Security;

namespace Tools.Sd;

/// <summary>
/// Reads a descriptor as a list of answers: which principal gets which rights, and which ACE says so. Each principal is
/// looked at alone, but as one of Everyone, whose denials are its own; what a token gets, with all its groups, privileges
/// and labels, only the kernel says.
/// </summary>
internal static class WhoGetsWhat
{
    /// <summary>One answer.</summary>
    /// <param name="Sid">The principal.</param>
    /// <param name="Mask">The rights that it is about, mapped.</param>
    /// <param name="Granted">Given or refused.</param>
    /// <param name="Ace">Index in the DACL; -1: as the owner.</param>
    /// <param name="Conditional">Only while the ACE's condition holds.</param>
    internal readonly record struct Answer(Sid Sid, uint Mask, bool Granted, int Ace, bool Conditional);

    private const uint OwnersOwn = AccessMask.ReadControl | AccessMask.WriteDac;

    /// <summary>The answers, by principal in order of first mention.</summary>
    public static List<Answer> Of(in SecurityDescriptor sd, GenericMapping mapping)
    {
        List<Answer> answers = [];
        if (!sd.HasDacl)
        {
            answers.Add(new Answer(WellKnownSids.Everyone, mapping.All, true, -1, false));
            return answers;
        }

        foreach (Sid sid in Principals(sd))
        {
            Walk(sd, sid, mapping, answers);
        }

        return answers;
    }

    /// <summary>The owner without OWNER RIGHTS in the DACL, then everyone who is named by an ACE that acts here.</summary>
    private static List<Sid> Principals(in SecurityDescriptor sd)
    {
        List<Sid> sids = [];
        if (!sd.Owner.IsNone)
        {
            sids.Add(sd.Owner);
        }

        _ = AclReader.TryRead(sd.Dacl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            if (Acts(ace) && !sids.Contains(ace.Sid))
            {
                sids.Add(ace.Sid);
            }
        }

        return sids;
    }

    private static bool Acts(in Ace ace) => Ace.IsAccessType(ace.Type) && (ace.Flags & AceFlags.InheritOnly) == 0;

    private static void Walk(in SecurityDescriptor sd, Sid sid, GenericMapping mapping, List<Answer> answers)
    {
        uint given = 0;
        uint refused = 0;
        List<(uint Mask, int Ace)> denials = [];
        if (sid == sd.Owner && !NamesOwnerRights(sd))
        {
            // Before the walk: no deny takes them away (KACS-FMT-098).
            answers.Add(new Answer(sid, OwnersOwn, true, -1, false));
            given = OwnersOwn;
        }

        uint everyones = given;
        _ = AclReader.TryRead(sd.Dacl, out AclReader reader);
        for (int index = 0; reader.MoveNext(out Ace ace); index++)
        {
            uint mask = mapping.Map(ace.Mask);
            bool conditional = Ace.IsCallbackType(ace.Type);
            bool granted = ace.Type is AceType.AccessAllowed or AceType.AccessAllowedObject or AceType.AccessAllowedCallback or AceType.AccessAllowedCallbackObject;
            if (Acts(ace) && ace.Sid == WellKnownSids.Everyone && ace.Sid != sid && !conditional)
            {
                NoteEveryone(sid, granted, mask & ~(given | refused), index, ref everyones, denials);
            }

            if (!Acts(ace) || ace.Sid != sid || (mask & ~(given | refused)) == 0)
            {
                continue;
            }

            // What an earlier ACE decided the other way is not this one's; what both say alike reads better whole.
            mask &= ~(granted ? refused : given);
            if (granted)
            {
                mask &= ~Denied(sid, mask & ~given, denials, answers);
            }

            if (mask != 0)
            {
                answers.Add(new Answer(sid, mask, granted, index, conditional));
            }

            given |= conditional || !granted ? 0 : mask;
            refused |= conditional || granted ? 0 : mask;
        }
    }

    /// <summary>What an ACE for Everyone decides before a principal's own ACEs do; Anonymous need not be one of them.</summary>
    private static void NoteEveryone(Sid sid, bool granted, uint mask, int index, ref uint everyones, List<(uint Mask, int Ace)> denials)
    {
        mask &= ~everyones;
        if (mask != 0 && !granted && sid != WellKnownSids.Anonymous)
        {
            denials.Add((mask, index));
        }

        everyones |= mask;
    }

    /// <summary>Says which of these rights Everyone was denied before.</summary>
    private static uint Denied(Sid sid, uint mask, List<(uint Mask, int Ace)> denials, List<Answer> answers)
    {
        uint denied = 0;
        foreach ((uint bits, int ace) in denials)
        {
            if ((bits & mask & ~denied) != 0)
            {
                answers.Add(new Answer(sid, bits & mask & ~denied, false, ace, false));
                denied |= bits & mask;
            }
        }

        return denied;
    }

    private static bool NamesOwnerRights(in SecurityDescriptor sd)
    {
        _ = AclReader.TryRead(sd.Dacl, out AclReader reader);
        while (reader.MoveNext(out Ace ace))
        {
            if (Acts(ace) && ace.Sid == WellKnownSids.OwnerRights)
            {
                return true;
            }
        }

        return false;
    }
}
