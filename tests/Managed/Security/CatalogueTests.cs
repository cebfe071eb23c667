// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

/// <summary>Numbers and names of the sheet's tables, typed again: a slip of one digit gives somebody else the rights.</summary>
public sealed class CatalogueTests
{
    [Theory, Rule("KACS-FMT-152")]
    [InlineData("WD S-1-1-0;CO S-1-3-0;CG S-1-3-1;OW S-1-3-4;NU S-1-5-2;IU S-1-5-4;SU S-1-5-6;AN S-1-5-7;ED S-1-5-9;PS S-1-5-10;AU S-1-5-11;RC S-1-5-12")]
    [InlineData("SY S-1-5-18;LS S-1-5-19;NS S-1-5-20;WR S-1-5-33;AC S-1-15-2-1;LW S-1-16-4096;ME S-1-16-8192;MP S-1-16-8448;HI S-1-16-12288;SI S-1-16-16384")]
    [InlineData("AS S-1-18-1;SS S-1-18-2;UD S-1-5-84-0-0-0-0-0;BA S-1-5-32-544;BU S-1-5-32-545;BG S-1-5-32-546;PU S-1-5-32-547;AO S-1-5-32-548;SO S-1-5-32-549")]
    [InlineData("PO S-1-5-32-550;BO S-1-5-32-551;RE S-1-5-32-552;RU S-1-5-32-554;RD S-1-5-32-555;NO S-1-5-32-556;MU S-1-5-32-558;LU S-1-5-32-559;IS S-1-5-32-568")]
    [InlineData("CY S-1-5-32-569;ER S-1-5-32-573;CD S-1-5-32-574;RA S-1-5-32-575;ES S-1-5-32-576;MS S-1-5-32-577;HA S-1-5-32-578;AA S-1-5-32-579;RM S-1-5-32-580")]
    public void Aliases_StandForTheirSids(string table)
    {
        foreach (string row in table.Split(';'))
        {
            Assert.True(Sddl.TryParseSid(row[..2], default, out Sid sid), row);
            Assert.Equal(row[3..], sid.ToString());
            Assert.Equal(row[..2], Sddl.FormatSid(sid, default));
        }
    }

    [Theory, Rule("KACS-FMT-153", "KACS-FMT-027")]
    [InlineData("LA 500;LG 501;RO 498;DA 512;DU 513;DG 514;DC 515;DD 516;CA 517;SA 518;EA 519;PA 520;CN 522;AP 525;KA 526;EK 527;RS 553")]
    public void DomainAliases_StandForTheirRids(string table)
    {
        Sid domain = new(5, 21, 1, 2, 3);
        foreach (string row in table.Split(';'))
        {
            Assert.True(Sddl.TryParseSid(row[..2], new SddlOptions(Domain: domain), out Sid sid), row);
            Assert.Equal($"{domain}-{row[3..]}", sid.ToString());
            Assert.False(Sddl.TryParseSid(row[..2], default, out _));
        }
    }

    [Theory, Rule("KACS-FMT-025", "KACS-FMT-029", "KACS-FMT-031", "KACS-FMT-032", "KACS-FMT-033")]
    [InlineData("S-1-0-0", "Nobody")]
    [InlineData("S-1-2-1", "Console Logon")]
    [InlineData("S-1-3-4", "Owner Rights")]
    [InlineData("S-1-5-3", "Batch")]
    [InlineData("S-1-5-9", "Enterprise Domain Controllers")]
    [InlineData("S-1-5-12", "Restricted Code")]
    [InlineData("S-1-5-14", "Remote Interactive Logon")]
    [InlineData("S-1-5-17", "IUSR")]
    [InlineData("S-1-5-32-551", "BUILTIN\\Backup Operators")]
    [InlineData("S-1-16-8448", "Medium-plus")]
    [InlineData("S-1-16-20480", "Protected")]
    [InlineData("S-1-19-512-1536", "Trust\\AntiMalware")]
    [InlineData("S-1-19-512-8192", "Trust\\PeiosTcb")]
    [InlineData("S-1-19-1024-8192", "Trust\\Isolated PeiosTcb")]
    [InlineData("S-1-15-2-1", "ALL APPLICATION PACKAGES")]
    [InlineData("S-1-15-3-1", "Capability\\internetClient")]
    [InlineData("S-1-15-3-10", "Capability\\removableStorage")]
    [InlineData("S-1-15-3-4", null)]
    public void WellKnownSids_HaveTheirNames(string text, string? name)
    {
        Assert.True(Sid.TryParse(text, out Sid sid));
        Assert.Equal(name, WellKnownSids.NameOf(sid));
        Assert.True(name is null || (WellKnownSids.TryFind(name.ToUpperInvariant(), out Sid found) && found == sid));
    }

    [Fact, Rule("KACS-FMT-017", "KACS-FMT-028")]
    public void Rid_IsTheLastPart_AndLogonSidsHoldTheSession()
    {
        Assert.Equal(1000u, new Sid(5, 21, 1, 2, 3, 1000).Rid);
        Assert.Equal("S-1-5-5-1-2", WellKnownSids.Logon(0x1_0000_0002).ToString());
    }

    [Fact, Rule("KACS-FMT-054", "KACS-FMT-021")]
    public void Bits_AreThoseOfTheTables()
    {
        Assert.Equal(
            (0x10000u, 0x20000u, 0x40000u, 0x80000u, 0x100000u, 0x1000000u, 0x2000000u),
            (AccessMask.Delete, AccessMask.ReadControl, AccessMask.WriteDac, AccessMask.WriteOwner, AccessMask.Synchronize, AccessMask.AccessSystemSecurity, AccessMask.MaximumAllowed));
        Assert.Equal(
            (0x80000000u, 0x40000000u, 0x20000000u, 0x10000000u),
            (AccessMask.GenericRead, AccessMask.GenericWrite, AccessMask.GenericExecute, AccessMask.GenericAll));
        Assert.Equal(
            (1u, 4u, 8u, 0x10u, 0x20000000u, 0xC0000000u),
            ((uint)GroupAttributes.Mandatory, (uint)GroupAttributes.Enabled, (uint)GroupAttributes.Owner, (uint)GroupAttributes.UseForDenyOnly,
             (uint)GroupAttributes.Resource, (uint)GroupAttributes.LogonId));
    }

    [Fact, Rule("KACS-FMT-059", "KACS-FMT-060")]
    public void GenericRights_AreThoseOfTheTable()
    {
        Assert.Equal(new GenericMapping(0x00120089, 0x00120116, 0x001200A0, 0x001F01FF), GenericMapping.File);
        Assert.Equal(new GenericMapping(0x00020410, 0x00040220, 0x00001801, 0x000E1E73), GenericMapping.Process);
        Assert.Equal(new GenericMapping(0x00020008, 0x000400E0, 0x00000004, 0x000F01FF), GenericMapping.Token);
        Assert.Equal(new GenericMapping(0x00120005, 0x0014000A, 0x00120004, 0x001F000F), GenericMapping.Ipc);
        Assert.Equal(new GenericMapping(0x00020019, 0x00020006, 0, 0x000F003F), GenericMapping.RegistryKey);
    }

    [Theory, Rule("KACS-FMT-015", "KACS-FMT-016")]
    [InlineData("010100000000000512000000")]
    [InlineData("0100000000000005")]
    [InlineData("01020000000000052000000020020000")]
    [InlineData("020100000000000512000000")]
    [InlineData("0110000000000005")]
    [InlineData("01010000000000051200000000")]
    [InlineData("0101000000000005120000")]
    [InlineData("")]
    public void SidBytes_AreTakenOrRefused_AsByTheCore(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(CoreFormats.IsSid(bytes), Sid.TryReadExact(bytes, out _));
    }

    [Fact, Rule("KACS-FMT-106", "KACS-FMT-109", "KACS-FMT-003")]
    public void Claims_UnderMutation_AreTakenOrRefused_AsByTheCore()
    {
        ClaimBuilder claim = new("Colour", ClaimType.String, 2);
        claim.AddString("red");
        claim.AddString("blue");
        Assert.True(claim.TryBuild(out byte[] strings));
        claim = new ClaimBuilder("S", ClaimType.Sid, 0);
        claim.AddSid(WellKnownSids.Administrators);
        Assert.True(claim.TryBuild(out byte[] sids));
        claim = new ClaimBuilder("O", ClaimType.Octet, 0);
        claim.AddOctets([1, 2, 3]);
        Assert.True(claim.TryBuild(out byte[] octets));
        byte[][] seeds = [strings, sids, octets];
        Random random = new(23);
        int valid = 0;
        for (int i = 0; i < 60_000; i++)
        {
            byte[] entry = (byte[])seeds[random.Next(3)].Clone();
            for (int n = random.Next(4); n > 0; n--)
            {
                entry[random.Next(random.Next(3) == 0 ? entry.Length : 20)] = (byte)random.Next(random.Next(2) == 0 ? 256 : 48);
            }

            bool ours = ClaimEntry.TryRead(entry, out _);
            Assert.True(ours == CoreFormats.IsClaim(entry), Convert.ToHexStringLower(entry));
            byte[] array = [.. BitConverter.GetBytes(entry.Length - (random.Next(8) == 0 ? 1 : 0)), .. entry];
            Assert.True(TokenDecoder.IsClaimArray(array) == CoreFormats.IsClaimArray(array), Convert.ToHexStringLower(array));
            valid += ours ? 1 : 0;
        }

        Assert.InRange(valid, 1000, 59_000);
    }
}
