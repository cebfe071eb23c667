// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn claims</c>: what conditions see as <c>@User.</c> and <c>@Device.</c>.</summary>
internal static class ClaimsCommand
{
    private static readonly (uint Bit, string Word)[] s_flags =
    [
        (0x1, "non-inheritable"), (0x2, "case-sensitive"), (0x4, "deny-only"), (0x10, "disabled"), (0x20, "mandatory"),
    ];

    public static ExitCode Run(ToolContext context)
    {
        if (TokenChooser.Read(context, out ExitCode exit) is not TokenView token)
        {
            return exit;
        }

        Print(context, token);
        return ExitCode.Success;
    }

    /// <summary>Prints the claims of a token that has been read.</summary>
    internal static void Print(ToolContext context, TokenView token)
    {
        List<Claim> claims = [];
        Collect(claims, "user", token.UserClaims);
        Collect(claims, "device", token.DeviceClaims);
        if (context.Json)
        {
            PrintJson(context, claims);
            return;
        }

        Table table = new("SET", "NAME", "TYPE", "VALUES", "FLAGS");
        foreach (Claim claim in claims)
        {
            table.Add(claim.Set, claim.Name, claim.Type, string.Join(", ", claim.Values), claim.Flags);
        }

        context.Write(table);
    }

    private static void PrintJson(ToolContext context, List<Claim> claims) => context.WriteJson(writer =>
    {
        writer.WriteStartArray();
        foreach (Claim claim in claims)
        {
            writer.WriteStartObject();
            writer.WriteString("set", claim.Set);
            writer.WriteString("name", claim.Name);
            writer.WriteString("type", claim.Type);
            writer.WriteStartArray("values");
            claim.Values.ForEach(value => writer.WriteStringValue(value));
            writer.WriteEndArray();
            writer.WriteNumber("flags", claim.Bits);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void Collect(List<Claim> claims, string set, byte[] array)
    {
        ClaimArrayReader reader = new(array);
        while (reader.MoveNext(out ClaimEntry entry))
        {
            List<string> values = [];
            for (int i = 0; i < entry.Count; i++)
            {
                values.Add(Value(entry, i));
            }

            claims.Add(new Claim(set, entry.Name.ToString(), entry.Type.ToString().ToLowerInvariant(), values, entry.Flags, Flags(entry.Flags)));
        }
    }

    private static string Value(in ClaimEntry entry, int index) => entry.Type switch
    {
        ClaimType.Int64 => ((long)entry.Number(index)).ToString(CultureInfo.InvariantCulture),
        ClaimType.UInt64 => entry.Number(index).ToString(CultureInfo.InvariantCulture),
        ClaimType.Boolean => entry.Number(index) != 0 ? "true" : "false",
        ClaimType.Sid => entry.Sid(index).ToString(),
        ClaimType.Octet => "#" + Convert.ToHexStringLower(entry.Octets(index)),
        _ => entry.String(index).ToString(),
    };

    private static string Flags(uint bits)
    {
        List<string> words = [];
        foreach ((uint bit, string word) in s_flags)
        {
            if ((bits & bit) != 0)
            {
                words.Add(word);
            }
        }

        return string.Join(',', words);
    }

    private sealed record Claim(string Set, string Name, string Type, List<string> Values, uint Bits, string Flags);
}
