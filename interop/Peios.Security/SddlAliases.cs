// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Peios.Security;

/// <summary>Two-letter names of SIDs (KACS-FMT-152, KACS-FMT-153).</summary>
internal static class SddlAliases
{
    private static readonly (string Alias, Sid Sid)[] s_fixed =
    [
        ("WD", new(1, 0)), ("CO", new(3, 0)), ("CG", new(3, 1)), ("OW", new(3, 4)), ("NU", new(5, 2)), ("IU", new(5, 4)),
        ("SU", new(5, 6)), ("AN", new(5, 7)), ("ED", new(5, 9)), ("PS", new(5, 10)), ("AU", new(5, 11)), ("RC", new(5, 12)),
        ("SY", new(5, 18)), ("LS", new(5, 19)), ("NS", new(5, 20)), ("WR", new(5, 33)), ("BA", new(5, 32, 544)),
        ("BU", new(5, 32, 545)), ("BG", new(5, 32, 546)), ("PU", new(5, 32, 547)), ("AO", new(5, 32, 548)),
        ("SO", new(5, 32, 549)), ("PO", new(5, 32, 550)), ("BO", new(5, 32, 551)), ("RE", new(5, 32, 552)),
        ("RU", new(5, 32, 554)), ("RD", new(5, 32, 555)), ("NO", new(5, 32, 556)), ("MU", new(5, 32, 558)),
        ("LU", new(5, 32, 559)), ("IS", new(5, 32, 568)), ("CY", new(5, 32, 569)), ("ER", new(5, 32, 573)),
        ("CD", new(5, 32, 574)), ("RA", new(5, 32, 575)), ("ES", new(5, 32, 576)), ("MS", new(5, 32, 577)),
        ("HA", new(5, 32, 578)), ("AA", new(5, 32, 579)), ("RM", new(5, 32, 580)), ("AC", new(15, 2, 1)),
        ("LW", new(16, 4096)), ("ME", new(16, 8192)), ("MP", new(16, 8448)), ("HI", new(16, 12288)), ("SI", new(16, 16384)),
        ("AS", new(18, 1)), ("SS", new(18, 2)), ("UD", new(5, 84, 0, 0, 0, 0, 0)),
    ];

    private static readonly (string Alias, uint Rid)[] s_domain =
    [
        ("LA", 500), ("LG", 501), ("RO", 498), ("DA", 512), ("DU", 513), ("DG", 514), ("DC", 515), ("DD", 516), ("CA", 517),
        ("SA", 518), ("EA", 519), ("PA", 520), ("CN", 522), ("AP", 525), ("KA", 526), ("EK", 527), ("RS", 553),
    ];

    /// <summary>Takes an alias or a SID string; fails the scanner otherwise.</summary>
    public static Sid ReadSid(SddlScanner scanner, in SddlOptions options)
    {
        int start = scanner.Position;
        if ((scanner.Current is 'S' or 's') && scanner.Peek(1) == '-')
        {
            while (char.IsAsciiHexDigit(scanner.Current) || scanner.Current is 'S' or 's' or 'x' or 'X' or '-')
            {
                // "S-1-1-0D:" and "S-1-1-0S:": the letter before a colon opens the next part.
                if (scanner.Peek(1) == ':')
                {
                    break;
                }
                scanner.Advance();
            }
            if (Sid.TryParse(scanner.Since(start), out Sid sid))
            {
                return sid;
            }
            scanner.Fail(start, "malformed SID");
            return default;
        }
        foreach ((string alias, Sid sid) in s_fixed)
        {
            if (scanner.Take(alias))
            {
                return sid;
            }
        }
        foreach ((string alias, uint rid) in s_domain)
        {
            if (scanner.Take(alias))
            {
                if (!options.Domain.IsNone && options.Domain.SubAuthorityCount < Sid.MaxSubAuthorities)
                {
                    return options.Domain.Append(rid);
                }
                scanner.Fail(start, $"alias {alias} needs a domain");
                return default;
            }
        }
        scanner.Fail(start, "expected a SID or a two-letter alias");
        return default;
    }

    /// <summary>Appends the alias, or the SID string.</summary>
    public static void Append(StringBuilder text, in Sid sid, in SddlOptions options)
    {
        if (!options.Raw)
        {
            foreach ((string alias, Sid known) in s_fixed)
            {
                if (known == sid)
                {
                    text.Append(alias);
                    return;
                }
            }
            foreach ((string alias, uint rid) in s_domain)
            {
                if (sid.Rid == rid && sid.IsChildOf(options.Domain))
                {
                    text.Append(alias);
                    return;
                }
            }
        }
        text.Append(sid.ToString());
    }
}
