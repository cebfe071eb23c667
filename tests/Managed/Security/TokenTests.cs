// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class TokenTests
{
    [Theory, Rule("KACS-TOK-096", "KACS-TOK-097")]
    [InlineData("00000000", 0)]
    [InlineData("010000000c00000001010000000000051200000007000000", 1)]
    [InlineData("", -1)]
    [InlineData("000000", -1)]
    [InlineData("0000000000", -1)]
    [InlineData("ffffffff", -1)]
    [InlineData("020000000c00000001010000000000051200000007000000", -1)]
    [InlineData("010000000b000000010100000000000512000000070000", -1)]
    [InlineData("010000000d0000000101000000000005120000000007000000", -1)]
    [InlineData("010000000c000000010100000000000512000000070000", -1)]
    [InlineData("010000000c0000000101000000000005120000000700000000", -1)]
    public void SidList_OfAnyBytes_IsWholeOrRefused(string hex, int count)
    {
        bool valid = TokenDecoder.TrySids(Convert.FromHexString(hex), out SidAndAttributes[] list);
        Assert.Equal((count >= 0, Math.Max(count, 0)), (valid, list.Length));
    }

    [Fact, Rule("KACS-TOK-097")]
    public void FixedClasses_HaveTheirExactLength()
    {
        Assert.True(TokenDecoder.TryStatistics(Convert.FromHexString("0403020106050847890a0b0c0d0e0f10" + "ef03000000000000" + "0200000000000000" + "01000000" + "00000000" + "0500000000000000"), out TokenStatistics statistics));
        Assert.Equal((new Guid("01020304-0506-4708-890a-0b0c0d0e0f10"), 1007UL, 2UL, TokenType.Primary, 5UL), (statistics.TokenGuid, statistics.AuthId, statistics.ModifiedId, statistics.Type, statistics.Expiration));
        Assert.True(TokenDecoder.TrySource("authd\0\0\0\u0005\0\0\0\0\0\0\0"u8, out TokenSource source));
        Assert.Equal(new TokenSource("authd", 5), source);
        for (int length = 0; length < 64; length++)
        {
            byte[] bytes = new byte[length];
            Assert.Equal(length == 48, TokenDecoder.TryStatistics(bytes, out _));
            Assert.Equal(length == 32, TokenDecoder.TryPrivileges(bytes, out _));
            Assert.Equal(length == 16, TokenDecoder.TrySource(bytes, out _));
            Assert.Equal(length == 8, TokenDecoder.TryU64(bytes, out _));
            Assert.Equal(length == 4, TokenDecoder.TryU32(bytes, out _));
            Assert.Equal(length == 4, TokenDecoder.TryIds(bytes, out _));
        }
    }

    [Fact]
    public void RandomPayloads_NeverThrow()
    {
        Random random = new(23);
        byte[] bytes = new byte[96];
        for (int i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(1, 3).Clear();
            ReadOnlySpan<byte> payload = bytes.AsSpan(0, random.Next(bytes.Length));
            _ = TokenDecoder.TrySids(payload, out _);
            _ = TokenDecoder.TryIds(payload, out _);
            _ = TokenDecoder.TrySid(payload, out _);
            _ = TokenDecoder.IsClaimArray(payload);
            _ = ClaimEntry.TryRead(payload, out _);
            _ = AclReader.TryRead(payload, out _);
        }
    }

    [Fact, Rule("KACS-TOK-048")]
    public void Spec_ThatTheKernelWouldRefuse_IsNotEncoded()
    {
        Assert.Equal(Errno.None, Spec(static _ => { }));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.User = default));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.OwnerIndex = 1));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.OwnerIndex = 3));
        Assert.Equal(Errno.None, Spec(static spec => spec.OwnerIndex = 2));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.PrimaryGroupIndex = 3));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.PrivilegesEnabled = 4));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.Level = ImpersonationLevel.Impersonation));
        Assert.Equal(Errno.EINVAL, Spec(static spec => spec.DefaultDacl = [2, 0, 9, 0, 0, 0, 0, 0]));
        Assert.Equal(Errno.EINVAL, Spec(static spec => Fill(spec, 62)));
        Assert.Equal(Errno.None, Spec(static spec => Fill(spec, 61)));
        Assert.Equal(Errno.E2BIG, Spec(static spec => spec.UserClaims = new byte[65536]));
    }

    [Fact, Rule("KACS-TOK-084")]
    public void SessionSpec_HasItsLayout()
    {
        Assert.True(TokenSpec.EncodeSession(LogonType.Service, "local", WellKnownSids.LocalService).TryGet(out byte[]? spec));
        Assert.Equal("05" + "0500" + Convert.ToHexStringLower("local"u8) + "0c000000" + "010100000000000513000000", Convert.ToHexStringLower(spec));
        Assert.True(TokenSpec.EncodeSession(LogonType.Service, "", WellKnownSids.LocalService).TryGet(out spec));
        Assert.Equal(19, spec.Length);
        Assert.Equal(Errno.EINVAL, TokenSpec.EncodeSession(LogonType.Service, new string('x', 4096), WellKnownSids.LocalService).Error);
        Assert.Equal(Errno.EINVAL, TokenSpec.EncodeSession(LogonType.Service, "", default).Error);
    }

    [Theory, Rule("KACS-TOK-027", "KACS-TOK-028")]
    [InlineData("SeTcbPrivilege", 7)]
    [InlineData("setcb", 7)]
    [InlineData("Security", 8)]
    [InlineData("SeSecurityPrivilege", 8)]
    [InlineData("SeSeBackup", -1)]
    [InlineData("", -1)]
    [InlineData("Privilege", -1)]
    public void Privilege_ByName_IsItsBit(string name, int bit)
    {
        bool found = Privilege.TryFind(name, out Privilege privilege);
        Assert.Equal((bit >= 0, Math.Max(bit, 0)), (found, privilege.Bit));
        ulong all = 0;
        foreach (Privilege known in Privilege.All)
        {
            all |= known.Mask;
        }

        Assert.Equal(Privilege.AllDefined, all);
    }

    [Theory, Rule("KACS-FMT-103", "KACS-FMT-104", "KACS-FMT-106")]
    [InlineData("whole", "1c000000 0100 0000 00000000 01000000 14000000 01000000000000006e000000", true)]
    [InlineData("no values", "10000000 0100 0000 00000000 00000000 6e000000", true)]
    [InlineData("name without end", "10000000 0100 0000 00000000 00000000 6e00", false)]
    [InlineData("name outside", "40000000 0100 0000 00000000 00000000 6e000000", false)]
    [InlineData("FQBN", "10000000 0400 0000 00000000 00000000 6e000000", false)]
    [InlineData("type 0", "10000000 0000 0000 00000000 00000000 6e000000", false)]
    [InlineData("1025 values", "10000000 0100 0000 00000000 01040000 6e000000", false)]
    [InlineData("offsets cut", "10000000 0100 0000 00000000 02000000 6e000000", false)]
    [InlineData("value beyond the end", "1c000000 0100 0000 00000000 01000000 19000000 01000000000000006e000000", false)]
    [InlineData("nested offset outside", "18000000 0300 0000 00000000 01000000 14000000 ffffffff 6e000000", false)]
    [InlineData("nested string", "14000000 0300 0000 00000000 01000000 18000000 6e000000 14000000", true)]
    [InlineData("octets longer than the entry", "14000000 1000 0000 00000000 01000000 18000000 6e000000 1c000000 05000000 01020304", false)]
    [InlineData("octets", "14000000 1000 0000 00000000 01000000 18000000 6e000000 1c000000 04000000 01020304", true)]
    public void Claim_Bytes_AreTakenOrRefused(string what, string hex, bool valid) =>
        Assert.True(valid == ClaimEntry.TryRead(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _), what);

    [Fact, Rule("KACS-FMT-103")]
    public void Claim_Built_ReadsBack()
    {
        ClaimBuilder builder = new("Colour", ClaimType.Octet, 0x20);
        builder.AddOctets([1, 2, 3]);
        builder.AddOctets([]);
        Assert.True(builder.TryBuild(out byte[] entry));
        Assert.True(ClaimEntry.TryRead(entry, out ClaimEntry claim));
        Assert.Equal(("Colour", ClaimType.Octet, 0x20u, 2), (claim.Name.ToString(), claim.Type, claim.Flags, claim.Count));
        Assert.Equal("010203", Convert.ToHexString(claim.Octets(0)));
        Assert.Equal(0, claim.Octets(1).Length);
    }

    private static Errno Spec(Action<TokenSpec> change)
    {
        TokenSpec spec = new() { User = WellKnownSids.LocalService };
        spec.Groups.Add(new SidAndAttributes(WellKnownSids.Everyone));
        spec.Groups.Add(new SidAndAttributes(WellKnownSids.Users, GroupAttributes.UsualOwner));
        change(spec);
        return spec.Encode().Error;
    }

    private static void Fill(TokenSpec spec, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            spec.Groups.Add(new SidAndAttributes(new Sid(5, 21, 1, 2, 3, 1000 + i)));
        }
    }
}
