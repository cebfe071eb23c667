// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;

namespace Peios.Security;

/// <summary>Writes descriptors as SDDL in the canonical order and forms (KACS-FMT-150, KACS-FMT-158).</summary>
internal sealed class SddlFormatter(SddlOptions options)
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public bool TryFormat(in SecurityDescriptor sd, out SddlError error)
    {
        error = default;
        if (!sd.Owner.IsNone)
        {
            _text.Append("O:");
            SddlAliases.Append(_text, sd.Owner, options);
        }
        if (!sd.Group.IsNone)
        {
            _text.Append("G:");
            SddlAliases.Append(_text, sd.Group, options);
        }
        SdControl control = sd.Control;
        return TryAcl("D:", sd.Dacl, control, SdControl.DaclProtected, SdControl.DaclAutoInheritRequired, SdControl.DaclAutoInherited, ref error) &&
            TryAcl("S:", sd.Sacl, control, SdControl.SaclProtected, SdControl.SaclAutoInheritRequired, SdControl.SaclAutoInherited, ref error);
    }

    private bool TryAcl(string head, ReadOnlySpan<byte> acl, SdControl control, SdControl isProtected, SdControl required, SdControl inherited, ref SddlError error)
    {
        if (acl.IsEmpty && (control & (isProtected | required | inherited)) == 0)
        {
            return true;
        }
        _text.Append(head);
        _text.Append((control & isProtected) != 0 ? "P" : "");
        _text.Append((control & required) != 0 ? "AR" : "");
        _text.Append((control & inherited) != 0 ? "AI" : "");
        if (acl.IsEmpty)
        {
            // No ACL, and yet protected from ACEs of a parent: the flags must not be lost.
            _text.Append(SddlTables.NoAcl);
            return true;
        }
        _ = AclReader.TryRead(acl, out AclReader reader);
        for (int index = 0; reader.MoveNext(out Ace ace); index++)
        {
            if (!TryFormatAce(ace, index, out error))
            {
                return false;
            }
        }
        return true;
    }

    public bool TryFormatAce(in Ace ace, int index, out SddlError error)
    {
        string? type = null;
        foreach ((string token, AceType known) in SddlTables.Types)
        {
            type = known == ace.Type ? token : type;
        }
        uint flags = (byte)ace.Flags;
        if (type is null || (flags & 0x20) != 0 || !ace.IsLabelShaped)
        {
            string what = type is null ? $"ACE type 0x{(byte)ace.Type:x2}" : ace.IsLabelShaped ? "ACE flag 0x20" : "a label with such a SID";
            error = new SddlError(index, $"{what} has no SDDL form");
            return false;
        }
        _text.Append('(').Append(type).Append(';');
        AppendTokens(SddlTables.Flags, flags);
        _text.Append(';');
        AppendRights(ace);
        _text.Append(';');
        AppendGuid(ace.ObjectType);
        _text.Append(';');
        AppendGuid(ace.InheritedObjectType);
        _text.Append(';');
        SddlAliases.Append(_text, ace.Sid, options);
        error = new SddlError(index, "the condition or claim has no SDDL form");
        if (!TryExtra(ace))
        {
            return false;
        }
        _text.Append(')');
        error = default;
        return true;
    }

    private bool TryExtra(in Ace ace)
    {
        if (Ace.IsCallbackType(ace.Type))
        {
            _text.Append(';');
            return ConditionFormatter.TryAppend(_text, ace.ApplicationData, options);
        }
        if (ace.Type == AceType.ResourceAttribute)
        {
            _text.Append(';');
            return ClaimEntry.TryRead(ace.ApplicationData, out ClaimEntry claim) && TryClaim(claim);
        }
        return true;
    }

    private void AppendTokens((string Token, uint Bit)[] table, uint bits)
    {
        foreach ((string token, uint bit) in table)
        {
            _text.Append((bits & bit) != 0 ? token : "");
        }
    }

    private void AppendRights(in Ace ace)
    {
        uint mask = ace.Mask;
        if (ace.Type is AceType.ResourceAttribute or AceType.ScopedPolicyId && mask == 0)
        {
            return;
        }
        (string Token, uint Bit)[] composites = options.Kind switch
        {
            SddlObjectKind.File => SddlTables.FileComposites,
            SddlObjectKind.RegistryKey => SddlTables.KeyComposites,
            _ => [],
        };
        bool isLabel = ace.Type == AceType.MandatoryLabel;
        foreach ((string token, uint bits) in composites)
        {
            if (bits == mask && !isLabel)
            {
                _text.Append(token);
                return;
            }
        }
        if (mask != 0 && (mask & ~AccessMask.GenericBits) == 0)
        {
            AppendTokens(SddlTables.Generic, mask);
        }
        else if (isLabel && mask != 0 && (mask & ~7u) == 0)
        {
            AppendTokens(SddlTables.Label, mask);
        }
        else
        {
            _text.Append(CultureInfo.InvariantCulture, $"0x{mask:x}");
        }
    }

    private void AppendGuid(ReadOnlySpan<byte> guid)
    {
        if (!guid.IsEmpty)
        {
            _text.Append(new Guid(guid).ToString("D"));
        }
    }

    private bool TryClaim(in ClaimEntry claim)
    {
        string type = "";
        foreach ((string token, ClaimType known) in SddlTables.ClaimTypes)
        {
            type = known == claim.Type ? token : type;
        }
        if (claim.Name.IsEmpty || !SddlLiterals.IsString(claim.Name))
        {
            return false;
        }
        _text.Append(CultureInfo.InvariantCulture, $"(\"{claim.Name}\",{type},0x{claim.Flags:x}");
        for (int i = 0; i < claim.Count; i++)
        {
            _text.Append(',');
            if (!TryClaimValue(claim, i))
            {
                return false;
            }
        }
        _text.Append(')');
        return true;
    }

    private bool TryClaimValue(in ClaimEntry claim, int index)
    {
        switch (claim.Type)
        {
            case ClaimType.Int64:
                _text.Append((long)claim.Number(index));
                return true;
            case ClaimType.UInt64:
                _text.Append(claim.Number(index));
                return true;
            case ClaimType.Boolean:
                _text.Append(claim.Number(index) != 0 ? '1' : '0');
                return true;
            case ClaimType.Sid:
                SddlAliases.Append(_text, claim.Sid(index), options);
                return true;
            case ClaimType.Octet:
                _text.Append('#').Append(Convert.ToHexStringLower(claim.Octets(index)));
                return true;
            default:
                _text.Append('"').Append(claim.String(index)).Append('"');
                return SddlLiterals.IsString(claim.String(index));
        }
    }
}
