// SPDX-License-Identifier: MIT
using System;

namespace Peios.Security;

/// <summary>Parses <c>("name",type,0xFLAGS,value,…)</c> of a resource attribute (KACS-FMT-160).</summary>
internal sealed class SddlClaimParser(SddlScanner scanner, SddlOptions options)
{
    public byte[] Read()
    {
        int start = scanner.Position;
        scanner.Expect('(');
        scanner.SkipBlanks();
        string name = SddlLiterals.ReadString(scanner);
        Comma();
        ClaimType type = ReadType();
        Comma();
        uint flags = (uint)ReadNumber(uint.MaxValue);
        ClaimBuilder claim = new(name, type, flags);
        scanner.SkipBlanks();
        while (scanner.Take(','))
        {
            scanner.SkipBlanks();
            ReadValue(claim, type);
            scanner.SkipBlanks();
        }
        scanner.Expect(')');
        if (!claim.TryBuild(out byte[] entry))
        {
            scanner.Fail(start, "claim name or value count out of range");
        }
        return entry;
    }

    private void Comma()
    {
        scanner.SkipBlanks();
        scanner.Expect(',');
        scanner.SkipBlanks();
    }

    private ClaimType ReadType()
    {
        foreach ((string token, ClaimType type) in SddlTables.ClaimTypes)
        {
            if (scanner.Take(token))
            {
                return type;
            }
        }
        scanner.Fail("unknown claim type");
        return ClaimType.Int64;
    }

    private void ReadValue(ClaimBuilder claim, ClaimType type)
    {
        switch (type)
        {
            case ClaimType.Int64:
                claim.AddNumber((ulong)SddlLiterals.ReadInteger(scanner, out _, out _));
                break;
            case ClaimType.UInt64:
                claim.AddNumber(ReadNumber(ulong.MaxValue));
                break;
            case ClaimType.Boolean:
                claim.AddNumber(ReadNumber(1));
                break;
            case ClaimType.String:
                claim.AddString(SddlLiterals.ReadString(scanner));
                break;
            case ClaimType.Sid:
                claim.AddSid(SddlAliases.ReadSid(scanner, options));
                break;
            default:
                scanner.Take('#');
                claim.AddOctets(SddlLiterals.ReadHex(scanner));
                break;
        }
    }

    private ulong ReadNumber(ulong limit)
    {
        int start = scanner.Position;
        ReadOnlySpan<char> digits = scanner.Word();
        scanner.Advance(digits.Length);
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!Digits.TryParse(hex ? digits[2..] : digits, hex ? 16u : 10u, limit, out ulong value))
        {
            scanner.Fail(start, "number missing or out of range");
        }
        return value;
    }
}
