// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Eventd.Access;

/// <summary>One descriptor and the identifiers it guards.</summary>
/// <param name="Pattern">Identifier or its beginning, or <c>*</c> (EVT-225).</param>
/// <param name="Descriptor">Self-relative descriptor; one that cannot be read denies.</param>
internal sealed record GuardedPattern(string Pattern, byte[] Descriptor)
{
    /// <summary>Does an object ACE speak of single fields (EVT-244)? If not, one decision holds for all records.</summary>
    internal bool HasFields { get; } = NamesFields(Descriptor);

    private static bool NamesFields(byte[] bytes) =>
        SecurityDescriptor.TryRead(bytes, out SecurityDescriptor sd) && (HasObjects(sd.Dacl) || HasObjects(sd.Sacl));

    private static bool HasObjects(System.ReadOnlySpan<byte> list)
    {
        if (!AclReader.TryRead(list, out AclReader acl))
        {
            return false;
        }

        while (acl.MoveNext(out Ace ace))
        {
            if (Ace.IsObjectType(ace.Type))
            {
                return true;
            }
        }

        return false;
    }
}
