// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>Recursive descent over <c>O: G: D: S:</c> and their ACEs; errors stay in the scanner.</summary>
internal sealed class SddlParser(SddlScanner scanner, SddlOptions options)
{
    private readonly SecurityDescriptorBuilder _builder = new();

    public SecurityDescriptorBuilder Parse()
    {
        string seen = "";
        scanner.SkipBlanks();
        while (!scanner.AtEnd)
        {
            char part = scanner.Current;
            int start = scanner.Position;
            if (part is not ('O' or 'G' or 'D' or 'S') || scanner.Peek(1) != ':')
            {
                scanner.Fail("expected O:, G:, D: or S:");
            }
            else if (seen.Contains(part, StringComparison.Ordinal))
            {
                scanner.Fail($"{part}: is given twice");
            }
            seen += part;
            scanner.Advance(2);
            ReadPart(part, start);
            scanner.SkipBlanks();
        }
        return _builder;
    }

    private void ReadPart(char part, int start)
    {
        scanner.SkipBlanks();
        switch (part)
        {
            case 'O':
                _builder.Owner = SddlAliases.ReadSid(scanner, options);
                break;
            case 'G':
                _builder.Group = SddlAliases.ReadSid(scanner, options);
                break;
            case 'D':
                _builder.Dacl = ReadAcl(start, SdControl.DaclProtected, SdControl.DaclAutoInheritRequired, SdControl.DaclAutoInherited);
                break;
            default:
                _builder.Sacl = ReadAcl(start, SdControl.SaclProtected, SdControl.SaclAutoInheritRequired, SdControl.SaclAutoInherited);
                break;
        }
    }

    private byte[]? ReadAcl(int start, SdControl isProtected, SdControl required, SdControl inherited)
    {
        while (!scanner.AtEnd && scanner.Current != '(')
        {
            if (scanner.Take("P"))
            {
                _builder.Control |= isProtected;
            }
            else if (scanner.Take("AR"))
            {
                _builder.Control |= required;
            }
            else if (scanner.Take("AI"))
            {
                _builder.Control |= inherited;
            }
            else if (scanner.Take(SddlTables.NoAcl))
            {
                return null;
            }
            else
            {
                break;
            }
        }
        AclBuilder acl = new();
        scanner.SkipBlanks();
        while (scanner.Current == '(')
        {
            ReadAce(acl);
            scanner.SkipBlanks();
        }
        if (!acl.TryBuild(out byte[] bytes))
        {
            scanner.Fail(start, "ACL longer than 65535 bytes");
        }
        return bytes;
    }

    private void ReadAce(AclBuilder acl)
    {
        scanner.Expect('(');
        scanner.SkipBlanks();
        AceType type = ReadType();
        EndField();
        AceFlags flags = (AceFlags)ReadTokens(SddlTables.Flags, "unknown ACE flag");
        EndField();
        uint mask = ReadRights(type);
        EndField();
        ReadOnlySpan<byte> objectType = ReadGuid(type);
        EndField();
        ReadOnlySpan<byte> inheritedType = ReadGuid(type);
        EndField();
        int sidAt = scanner.Position;
        Sid sid = SddlAliases.ReadSid(scanner, options);
        CheckSid(type, sid, sidAt);
        scanner.SkipBlanks();
        byte[] data = ReadExtra(type);
        scanner.SkipBlanks();
        scanner.Expect(')');
        if (!scanner.Failed)
        {
            acl.Add(type, flags, mask, sid, data, objectType, inheritedType);
        }
    }

    private AceType ReadType()
    {
        int start = scanner.Position;
        ReadOnlySpan<char> word = scanner.Word();
        foreach ((string token, AceType type) in SddlTables.Types)
        {
            if (word.SequenceEqual(token))
            {
                scanner.Advance(token.Length);
                return type;
            }
        }
        scanner.Fail(start, "unknown ACE type");
        return default;
    }

    /// <summary>A label that is none would make the whole descriptor malformed (KACS-FMT-069, KACS-FMT-070).</summary>
    private void CheckSid(AceType type, in Sid sid, int position)
    {
        bool fits = type switch
        {
            AceType.MandatoryLabel => sid is { Authority: 16, SubAuthorityCount: 1 },
            AceType.ProcessTrustLabel => sid is { Authority: 19, SubAuthorityCount: 2 },
            AceType.ResourceAttribute => sid == WellKnownSids.Everyone,
            _ => true,
        };
        if (!fits)
        {
            scanner.Fail(position, "this SID does not fit the ACE type");
        }
    }

    private byte[] ReadExtra(AceType type)
    {
        bool conditional = Ace.IsCallbackType(type);
        if (!conditional && type != AceType.ResourceAttribute)
        {
            return [];
        }
        scanner.Expect(';');
        scanner.SkipBlanks();
        return conditional ? new ConditionCompiler(scanner, options).Compile() : new SddlClaimParser(scanner, options).Read();
    }

    private void EndField()
    {
        scanner.SkipBlanks();
        scanner.Expect(';');
        scanner.SkipBlanks();
    }

    private uint ReadTokens((string Token, uint Bit)[] table, string unknown)
    {
        uint bits = 0;
        while (!scanner.AtEnd && scanner.Current is not (';' or ' '))
        {
            uint bit = TakeToken(table);
            if (bit == 0)
            {
                scanner.Fail(unknown);
            }
            bits |= bit;
        }
        return bits;
    }

    private uint TakeToken((string Token, uint Bit)[] table)
    {
        foreach ((string token, uint bit) in table)
        {
            if (scanner.Take(token))
            {
                return bit;
            }
        }
        return 0;
    }

    private uint ReadRights(AceType type)
    {
        if (char.IsAsciiDigit(scanner.Current))
        {
            return ReadNumber();
        }
        uint bits = 0;
        while (!scanner.AtEnd && scanner.Current is not (';' or ' '))
        {
            uint bit = TakeToken(SddlTables.Generic);
            bit = bit != 0 ? bit : TakeToken(type == AceType.MandatoryLabel ? SddlTables.Label : SddlTables.Rights);
            if (bit == 0)
            {
                scanner.Fail("unknown right");
            }
            bits |= bit;
        }
        return bits;
    }

    private uint ReadNumber()
    {
        int start = scanner.Position;
        ReadOnlySpan<char> digits = scanner.Until("; ");
        ulong value = 0;
        bool valid = digits switch
        {
            ['0', 'x' or 'X', .. ReadOnlySpan<char> hex] => Digits.TryParse(hex, 16, uint.MaxValue, out value),
            ['0', .. { Length: > 0 } octal] => Digits.TryParse(octal, 8, uint.MaxValue, out value),
            _ => Digits.TryParse(digits, 10, uint.MaxValue, out value),
        };
        if (!valid)
        {
            scanner.Fail(start, "malformed access mask");
        }
        return (uint)value;
    }

    private byte[] ReadGuid(AceType type)
    {
        int start = scanner.Position;
        ReadOnlySpan<char> text = scanner.Until("; ()");
        if (text.IsEmpty)
        {
            return [];
        }
        if (!Ace.IsObjectType(type))
        {
            scanner.Fail(start, "this ACE type has no GUIDs");
        }
        else if (text[0] != '{' && GuidText.TryParse(text, out Guid guid)) // KACS-FMT-159
        {
            return guid.ToByteArray();
        }
        scanner.Fail(start, "malformed GUID");
        return [];
    }
}
