// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class SidTests
{
    [Theory, Rule("KACS-FMT-015", "KACS-FMT-018")]
    [InlineData("S-1-5-18", "010100000000000512000000")]
    [InlineData("S-1-5-32-544", "01020000000000052000000020020000")]
    [InlineData("S-1-0", "0100000000000000")]
    [InlineData("S-1-4294967295-1", "01010000ffffffff01000000")]
    [InlineData("S-1-0x000100000000-7", "010100010000000007000000")]
    [InlineData("S-1-0xffffffffffff", "0100ffffffffffff")]
    [InlineData("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-4294967295",
        "010f0000000000050100000002000000030000000400000005000000060000000700000008000000090000000a0000000b0000000c0000000d0000000e000000ffffffff")]
    public void Sid_TextAndBytes_AreTheSameValue(string text, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.True(Sid.TryParse(text, out Sid parsed));
        Assert.True(Sid.TryReadExact(bytes, out Sid read));
        Assert.Equal(read, parsed);
        Assert.Equal(bytes, parsed.ToArray());
        Assert.Equal(text, read.ToString());
    }

    [Theory, Rule("KACS-FMT-019")]
    [InlineData("s-1-5-18", "S-1-5-18")]
    [InlineData("S-1-0x5-18", "S-1-5-18")]
    [InlineData("S-1-0x000000000005-18", "S-1-5-18")]
    [InlineData("S-1-05-018", "S-1-5-18")]
    [InlineData("S-1-4294967296", "S-1-0x000100000000")]
    public void Sid_OtherSpelling_BecomesCanonical(string text, string canonical)
    {
        Assert.True(Sid.TryParse(text, out Sid sid));
        Assert.Equal(canonical, sid.ToString());
    }

    [Theory, Rule("KACS-FMT-019")]
    [InlineData("")]
    [InlineData("S-1")]
    [InlineData("S-1-")]
    [InlineData("S-2-5-18")]
    [InlineData("S-1-5-")]
    [InlineData("S-1-5--18")]
    [InlineData("S-1-5-+18")]
    [InlineData("S-1-5-18 ")]
    [InlineData(" S-1-5-18")]
    [InlineData("S-1- 5-18")]
    [InlineData("S-1--5")]
    [InlineData("S-1-5-4294967296")]
    [InlineData("S-1-5-0x12")]
    [InlineData("S-1-0x")]
    [InlineData("S-1-0x0000000000005")]
    [InlineData("S-1-281474976710656")]
    [InlineData("S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16")]
    [InlineData("S-1-5-18\0")]
    [InlineData("S-1-5-١")]
    public void Sid_OutsideTheGrammar_IsRefused(string text) => Assert.False(Sid.TryParse(text, out _));

    [Theory, Rule("KACS-FMT-016")]
    [InlineData("")]
    [InlineData("01000000000000")]
    [InlineData("0001000000000005")]
    [InlineData("0201000000000005" + "12000000")]
    [InlineData("0101000000000005" + "120000")]
    [InlineData("0110000000000005" + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void Sid_MalformedBytes_AreRefused(string hex) => Assert.False(Sid.TryRead(Convert.FromHexString(hex), out _));

    [Fact, Rule("KACS-FMT-016")]
    public void Sid_LengthFieldLongerThanTheSid_IsRefused()
    {
        byte[] bytes = Convert.FromHexString("01010000000000051200000000");
        Assert.True(Sid.TryRead(bytes, out Sid sid));
        Assert.Equal(12, sid.BinaryLength);
        Assert.False(Sid.TryReadExact(bytes, out _));
    }

    [Fact, Rule("KACS-FMT-020")]
    public void Sid_Equality_IsThatOfTheBytes()
    {
        Assert.NotEqual(new Sid(5, 32), new Sid(5, 32, 0));
        Assert.NotEqual(new Sid(5, 18), new Sid(4, 18));
        Assert.NotEqual(default, new Sid(0));
        Assert.True(new Sid(5, 21, 1, 2, 3, 1000).IsChildOf(new Sid(5, 21, 1, 2, 3)));
        Assert.False(new Sid(5, 21, 1, 2, 4, 1000).IsChildOf(new Sid(5, 21, 1, 2, 3)));
        Assert.False(new Sid(5, 21, 1, 2, 3).IsChildOf(new Sid(5, 21, 1, 2, 3)));
    }

    [Theory, Rule("KACS-FMT-028")]
    [InlineData(0UL, "S-1-5-5-0-0")]
    [InlineData(0x1_0000_03E8UL, "S-1-5-5-1-1000")]
    public void LogonSid_IsTheSessionId(ulong id, string text) => Assert.Equal(text, WellKnownSids.Logon(id).ToString());

    [Fact]
    public void RandomBytes_NeverThrow_AndComeBackUnchanged()
    {
        Random random = new(5);
        byte[] bytes = new byte[80];
        for (int i = 0; i < 50_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)random.Next(3);
            bytes[1] = (byte)random.Next(20);
            ReadOnlySpan<byte> source = bytes.AsSpan(0, random.Next(bytes.Length));
            if (Sid.TryRead(source, out Sid sid))
            {
                Assert.True(source.StartsWith(sid.ToArray()));
                Assert.True(Sid.TryParse(sid.ToString(), out Sid again));
                Assert.Equal(sid, again);
            }
        }
    }
}
