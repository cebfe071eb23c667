// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Peios.Security;

namespace Tests.Managed.Security.Fuzz;

/// <summary>
/// What must hold for any text and any bytes. Each method returns what does not, or null, and a signature of the way
/// the input went; whatever the code throws goes through.
/// </summary>
internal static class SddlProperties
{
    /// <summary>A text is refused at a place inside it, or gives a descriptor that both parsers take and that comes back.</summary>
    public static string? OfText(string text, out int signature)
    {
        if (!Sddl.TryParse(text, out byte[] descriptor, out SddlError error))
        {
            signature = HashCode.Combine(error.Message, text.Length == 0 ? 0 : 8 * error.Position / text.Length);
            return error.Position < 0 || error.Position > text.Length || error.Message.Length == 0 ? $"refused at {error.Position}: {error.Message}"
                : descriptor.Length != 0 ? "refused, and yet bytes"
                : null;
        }

        signature = Shape(descriptor);
        return !CoreFormats.Agree(descriptor, out bool valid) || !valid ? "the parser makes what is malformed"
            : !Sddl.TryFormat(descriptor, out string again, out SddlError missing) ? $"no text for what text made: {missing.Message}"
            : !Sddl.TryParse(again, out byte[] twice, out error) ? $"the output is refused: {again}: {error}"
            : !twice.AsSpan().SequenceEqual(descriptor) ? $"the output means something else: {again}"
            : null;
    }

    /// <summary>Bytes are taken or refused alike by both parsers, rebuilt to themselves or to equals, and their text means them.</summary>
    public static string? OfBytes(byte[] bytes, out int signature)
    {
        signature = bytes.Length;
        if (!CoreFormats.Agree(bytes, out bool valid))
        {
            return $"managed: {(valid ? "well-formed" : "malformed")}, the core says otherwise";
        }

        if (!SecurityDescriptor.TryRead(bytes, out SecurityDescriptor sd))
        {
            return null;
        }

        signature = Shape(bytes);
        if (!SecurityDescriptorBuilder.From(sd).TryBuild(out byte[] rebuilt) || !CoreFormats.Agree(rebuilt, out valid) || !valid)
        {
            return "cannot be rebuilt";
        }

        _ = SecurityDescriptor.TryRead(rebuilt, out SecurityDescriptor same);
        if (sd.Owner != same.Owner || sd.Group != same.Group || !sd.Dacl.SequenceEqual(same.Dacl) || !sd.Sacl.SequenceEqual(same.Sacl) ||
            sd.Control != same.Control || sd.ResourceManagerControl != same.ResourceManagerControl)
        {
            return "rebuilt to other parts";
        }

        if (IsPacked(sd) && !rebuilt.AsSpan().SequenceEqual(bytes))
        {
            return "canonical, and rebuilt to other bytes";
        }

        return Sddl.TryFormat(bytes, out string text, out _) ? Means(text, sd) : null;
    }

    private static string? Means(string text, in SecurityDescriptor sd)
    {
        if (!Sddl.TryParse(text, out byte[] parsed, out SddlError error))
        {
            return $"the output is refused: {text}: {error}";
        }

        _ = SecurityDescriptor.TryRead(parsed, out SecurityDescriptor other);
        bool same = sd.Owner == other.Owner && sd.Group == other.Group && (sd.Control & Sddl.ControlBits) == (other.Control & Sddl.ControlBits) &&
            SameAces(sd.Dacl, other.Dacl) && SameAces(sd.Sacl, other.Sacl);
        return same ? null : $"the output means something else: {text}";
    }

    private static bool SameAces(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return left.IsEmpty == right.IsEmpty;
        }

        _ = AclReader.TryRead(left, out AclReader a);
        _ = AclReader.TryRead(right, out AclReader b);
        while (a.MoveNext(out Ace x))
        {
            if (!b.MoveNext(out Ace y) || x.Type != y.Type || x.Flags != y.Flags || x.Mask != y.Mask || x.Sid != y.Sid ||
                !x.ObjectType.SequenceEqual(y.ObjectType) || !x.InheritedObjectType.SequenceEqual(y.InheritedObjectType) || !SameExtra(x, y))
            {
                return false;
            }
        }

        return !b.MoveNext(out _);
    }

    private static bool SameExtra(in Ace x, in Ace y)
    {
        if (x.Type != AceType.ResourceAttribute)
        {
            return x.ApplicationData.TrimEnd((byte)0).SequenceEqual(y.ApplicationData.TrimEnd((byte)0)) &&
                (!Ace.IsCallbackType(x.Type) || CoreFormats.IsCondition(x.ApplicationData) || IsBareAttribute(x));
        }

        _ = ClaimEntry.TryRead(x.ApplicationData, out ClaimEntry a);
        _ = ClaimEntry.TryRead(y.ApplicationData, out ClaimEntry b);
        bool same = a.Name.SequenceEqual(b.Name) && a.Type == b.Type && a.Flags == b.Flags && a.Count == b.Count;
        for (int i = 0; i < a.Count && same; i++)
        {
            same = a.Type switch
            {
                ClaimType.String => a.String(i).SequenceEqual(b.String(i)),
                ClaimType.Sid => a.Sid(i) == b.Sid(i),
                ClaimType.Octet => a.Octets(i).SequenceEqual(b.Octets(i)),
                ClaimType.Boolean => a.Number(i) != 0 == (b.Number(i) != 0),
                _ => a.Number(i) == b.Number(i),
            };
        }

        return same;
    }

    /// <summary>The one expression that has a text and never an answer (KACS-FMT-121).</summary>
    private static bool IsBareAttribute(in Ace ace) =>
        Sddl.TryFormatAce(ace, default, out string text) && text.AsSpan(text.LastIndexOf(";(", StringComparison.Ordinal)).IndexOfAny(" !{") < 0;

    /// <summary>Owner, group, SACL, DACL without gaps: what the builder writes (KACS-FMT-043).</summary>
    private static bool IsPacked(in SecurityDescriptor sd)
    {
        ReadOnlySpan<uint> offsets = MemoryMarshal.Cast<byte, uint>(sd.Raw[4..20]);
        ReadOnlySpan<int> lengths = [sd.Owner.BinaryLength, sd.Group.BinaryLength, sd.Sacl.Length, sd.Dacl.Length];
        uint next = SecurityDescriptor.HeaderLength;
        for (int i = 0; i < 4; i++)
        {
            if (lengths[i] != 0 && offsets[i] != next)
            {
                return false;
            }

            next += (uint)lengths[i];
        }

        return next == sd.Raw.Length;
    }

    /// <summary>Which kinds of things are in it; equal shapes went roughly the same way.</summary>
    private static int Shape(ReadOnlySpan<byte> descriptor)
    {
        HashCode hash = default;
        _ = SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd);
        hash.Add(sd.Control);
        hash.Add(sd.Owner.IsNone);
        Add(ref hash, sd.Dacl);
        Add(ref hash, sd.Sacl);
        return hash.ToHashCode();
    }

    private static void Add(ref HashCode hash, ReadOnlySpan<byte> acl)
    {
        if (!AclReader.TryRead(acl, out AclReader reader))
        {
            return;
        }

        // Which types and operators there are, not how many or in which order: the corpus stays small enough to mix.
        uint types = 0;
        ulong operators = 0;
        while (reader.MoveNext(out Ace ace))
        {
            types |= 1u << ((byte)ace.Type & 31);
            foreach (byte b in Ace.IsCallbackType(ace.Type) ? ace.ApplicationData : default)
            {
                operators |= b is >= 0x80 and < 0xA8 ? 1UL << (b - 0x80) : 0;
            }
        }

        hash.Add(types);
        hash.Add(BitOperations.PopCount(operators));
        hash.Add(operators & (ulong)-(long)operators);
    }
}
