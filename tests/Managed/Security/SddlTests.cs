// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class SddlTests
{
    [Theory, Rule("KACS-FMT-150", "KACS-FMT-151", "KACS-FMT-154", "KACS-FMT-157", "KACS-FMT-158", "KACS-FMT-164")]
    [InlineData("O:BAG:BAD:P(A;;FA;;;BA)(A;;0x1200a9;;;BU)")]
    [InlineData("O:SYG:SYD:(A;;0xf00ff;;;SY)(A;;0x58;;;BA)(A;;0xa0;;;AU)")]
    [InlineData("D:")]
    [InlineData("")]
    [InlineData("O:S-1-5-21-1-2-3-1000")]
    [InlineData("D:PARAI(D;OICINPIOID;GRGWGX;;;AN)S:PARAI(AU;SAFA;GA;;;WD)(AL;;0x1;;;WD)")]
    [InlineData("S:(ML;;NWNRNX;;;HI)(SP;;;;;S-1-17-1)(TL;;0x0;;;S-1-19-512-8192)")]
    [InlineData("D:(OA;;0x10;00112233-4455-6677-8899-aabbccddeeff;;SY)(OD;;0x10;;00112233-4455-6677-8899-aabbccddeeff;SY)(OA;;0x10;;;SY)")]
    [InlineData("S:(OU;SA;0x10;00112233-4455-6677-8899-aabbccddeeff;ffeeddcc-bbaa-9988-7766-554433221100;SY)(OL;;0x10;;;SY)")]
    [InlineData("D:(A;;0x0;;;S-1-0x000100000000-5)")]
    [InlineData("D:(A;;FR;;;WD)(A;;FW;;;WD)(A;;FX;;;WD)(A;;0x120088;;;WD)")]
    public void Sddl_Canonical_ComesBackUnchanged(string text)
    {
        Assert.True(Sddl.TryParse(text, out byte[] descriptor, out SddlError error), error.ToString());
        Assert.True(Sddl.TryFormat(descriptor, out string again, out error), error.ToString());
        Assert.Equal(text, again);
    }

    [Theory, Rule("KACS-FMT-150", "KACS-FMT-154", "KACS-FMT-158", "KACS-FMT-159")]
    [InlineData(" G:BA O:SY D: (A ; CI OI ; FA ; ; ; WD ) ", null)]
    [InlineData("S:(AU;SA;FA;;;WD)D:(A;;FA;;;WD)G:BAO:SY", "O:SYG:BAD:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)")]
    [InlineData("D:NO_ACCESS_CONTROL", "")]
    [InlineData("D:PARNO_ACCESS_CONTROLS:AINO_ACCESS_CONTROL", "D:PARNO_ACCESS_CONTROLS:AINO_ACCESS_CONTROL")]
    [InlineData("S:NO_ACCESS_CONTROL", "")]
    [InlineData("O:SYD:NO_ACCESS_CONTROLS:(ML;;NW;;;HI)", "O:SYS:(ML;;NW;;;HI)")]
    [InlineData("D:AIP(A;CIOI;GXGWGR;;;S-1-1-0)", "D:PAI(A;OICI;GRGWGX;;;WD)")]
    [InlineData("D:(A;;017;;;WD)(A;;15;;;WD)(A;;0XF;;;WD)", "D:(A;;0xf;;;WD)(A;;0xf;;;WD)(A;;0xf;;;WD)")]
    [InlineData("D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)", "D:(A;;0xf01ff;;;WD)")]
    [InlineData("O:S-1-1-0D:(A;;FA;;;WD)", "O:WDD:(A;;FA;;;WD)")]
    [InlineData("D:(A;;KA;;;WD)(A;;KX;;;WD)", "D:(A;;0xf003f;;;WD)(A;;0x20019;;;WD)")]
    public void Sddl_OtherSpelling_BecomesCanonical(string text, string? canonical)
    {
        bool parsed = Sddl.TryParse(text, out byte[] descriptor, out SddlError error);
        Assert.True(parsed == canonical is not null, error.ToString());
        if (parsed)
        {
            Assert.True(Sddl.TryFormat(descriptor, out string again, out _));
            Assert.Equal(canonical, again);
        }
    }

    [Theory, Rule("KACS-FMT-165")]
    [InlineData("X:", 0)]
    [InlineData("O:", 2)]
    [InlineData("O:QQ", 2)]
    [InlineData("O:sy", 2)]
    [InlineData("O:S-1-5-", 2)]
    [InlineData("O:DA", 2)]
    [InlineData("O:SYO:SY", 4)]
    [InlineData("O:SY trailing", 5)]
    [InlineData("D:Q", 2)]
    [InlineData("D:(", 3)]
    [InlineData("D:(A;;FA;;;WD", 13)]
    [InlineData("D:(A;;FA;;;WD))", 14)]
    [InlineData("D:(A;;FA;;WD)", 10)]
    [InlineData("D:(A;;FA;;;WD;x)", 13)]
    [InlineData("D:(Q;;FA;;;WD)", 3)]
    [InlineData("D:(A;XX;FA;;;WD)", 5)]
    [InlineData("D:(A;;ZZ;;;WD)", 6)]
    [InlineData("D:(A;;0x;;;WD)", 6)]
    [InlineData("D:(A;;0x100000000;;;WD)", 6)]
    [InlineData("D:(A;;08;;;WD)", 6)]
    [InlineData("D:(A;;1\0;;;WD)", 6)]
    [InlineData("D:(A;;FA;00112233-4455-6677-8899-aabbccddeeff;;WD)", 9)]
    [InlineData("D:(OA;;FA;{00112233-4455-6677-8899-aabbccddeeff};;WD)", 10)]
    [InlineData("D:(OA;;FA;0011223344556677;;WD)", 10)]
    [InlineData("S:(ML;;NW;;;WD)", 12)]
    [InlineData("S:(TL;;0x0;;;HI)", 13)]
    [InlineData("S:(RA;;;;;SY;(\"a\",TI,0x0,1))", 10)]
    [InlineData("D:(XA;;FA;;;WD)", 14)]
    [InlineData("D:NO_ACCESS_CONTROL(A;;FA;;;WD)", 19)]
    [InlineData("D:\0", 2)]
    public void Sddl_Malformed_SaysWhere(string text, int position)
    {
        Assert.False(Sddl.TryParse(text, out byte[] descriptor, out SddlError error));
        Assert.Equal((position, 0), (error.Position, descriptor.Length));
    }

    [Theory, Rule("KACS-FMT-160")]
    [InlineData("(RA;;;;;WD;(\"n\",TI,0x0,1,-1,-9223372036854775808))")]
    [InlineData("(RA;;;;;WD;(\"n\",TU,0x20,18446744073709551615))")]
    [InlineData("(RA;CI;;;;WD;(\"Ünï\",TS,0x2,\"a\",\"\"))")]
    [InlineData("(RA;;;;;WD;(\"n\",TD,0x0,BA,S-1-5-21-1))")]
    [InlineData("(RA;;;;;WD;(\"n\",TX,0x0,#00ff,#))")]
    [InlineData("(RA;;;;;WD;(\"n\",TB,0x0,0,1))")]
    [InlineData("(RA;;;;;WD;(\"n\",TS,0x0))")]
    public void ResourceAttribute_ComesBackUnchanged(string ace)
    {
        Assert.True(Sddl.TryParse("S:" + ace, out byte[] descriptor, out SddlError error), error.ToString());
        Assert.True(Sddl.TryFormat(descriptor, out string again, out _));
        Assert.Equal("S:" + ace, again);
    }

    [Theory, Rule("KACS-FMT-160", "KACS-FMT-165")]
    [InlineData("(RA;;;;;WD)")]
    [InlineData("(RA;;;;;WD;())")]
    [InlineData("(RA;;;;;WD;(\"\",TI,0,1))")]
    [InlineData("(RA;;;;;WD;(\"n\",TQ,0,1))")]
    [InlineData("(RA;;;;;WD;(\"n\",TI,0x100000000,1))")]
    [InlineData("(RA;;;;;WD;(\"n\",TI,0,9223372036854775808))")]
    [InlineData("(RA;;;;;WD;(\"n\",TU,0,-1))")]
    [InlineData("(RA;;;;;WD;(\"n\",TB,0,2))")]
    [InlineData("(RA;;;;;WD;(\"n\",TX,0,#123))")]
    [InlineData("(RA;;;;;WD;(\"n\",TS,0,\"open))")]
    [InlineData("(RA;;;;;WD;(\"n\",TS,0,\"a\",))")]
    public void ResourceAttribute_Malformed_IsRefused(string ace) => Assert.False(Sddl.TryParse("S:" + ace, out _, out _));

    [Fact, Rule("KACS-FMT-160", "KACS-FMT-106")]
    public void ResourceAttribute_Limits_AreThoseOfClaims()
    {
        Assert.True(Sddl.TryParse($"S:(RA;;;;;WD;(\"{new string('n', 255)}\",TI,0,1))", out _, out _));
        Assert.False(Sddl.TryParse($"S:(RA;;;;;WD;(\"{new string('n', 256)}\",TI,0,1))", out _, out _));
        string values = string.Concat(System.Linq.Enumerable.Repeat(",1", 1024));
        Assert.True(Sddl.TryParse($"S:(RA;;;;;WD;(\"n\",TI,0{values}))", out _, out _));
        Assert.False(Sddl.TryParse($"S:(RA;;;;;WD;(\"n\",TI,0{values},1))", out _, out _));
    }

    [Fact, Rule("KACS-FMT-165", "KACS-FMT-042")]
    public void Descriptor_TooLongForItsFormat_IsAnError()
    {
        StringBuilder text = new("D:");
        for (int i = 0; i < 3300; i++)
        {
            text.Append("(A;;FA;;;WD)");
        }

        Assert.False(Sddl.TryParse(text.ToString(), out _, out _));
        Assert.False(Sddl.TryParse(new string(' ', Sddl.MaxTextLength + 1), out _, out _));
    }

    [Theory, Rule("KACS-FMT-156")]
    [InlineData(0x0C)]
    [InlineData(0x10)]
    [InlineData(0x04)]
    [InlineData(0x15)]
    [InlineData(0xFF)]
    public void Ace_WithoutAnAlias_IsNotDroppedSilently(byte type)
    {
        byte[] ace = Convert.FromHexString(type is 0x0C or 0x10 ? "00001800" + "01000000" + "00000000" + "010100000000000100000000" : "00000800deadbeef");
        ace[0] = type;
        byte[] acl = [4, 0, (byte)(8 + ace.Length), 0, 1, 0, 0, 0, .. ace];
        Assert.True(new SecurityDescriptorBuilder { Dacl = acl }.TryBuild(out byte[] descriptor));
        Assert.True(SecurityDescriptor.TryRead(descriptor, out _));
        Assert.False(Sddl.TryFormat(descriptor, out string text, out SddlError error));
        Assert.Equal(("", 0), (text, error.Position));
    }

    [Fact, Rule("KACS-FMT-153")]
    public void DomainAlias_NeedsADomain()
    {
        SddlOptions options = new(Domain: new Sid(5, 21, 1, 2, 3));
        Assert.True(Sddl.TryParse("O:DAG:LA", options, out byte[] descriptor, out _));
        Assert.True(Sddl.TryFormat(descriptor, options, out string text, out _));
        Assert.Equal("O:DAG:LA", text);
        Assert.True(Sddl.TryFormat(descriptor, out text, out _));
        Assert.Equal("O:S-1-5-21-1-2-3-512G:S-1-5-21-1-2-3-500", text);
    }

    [Fact, Rule("KACS-FMT-158")]
    public void Rights_OnOutput_DependOnTheObject()
    {
        Assert.True(Sddl.TryParse("D:(A;;KA;;;WD)(A;;FA;;;WD)", out byte[] descriptor, out _));
        Assert.True(Sddl.TryFormat(descriptor, new SddlOptions(SddlObjectKind.RegistryKey), out string key, out _));
        Assert.True(Sddl.TryFormat(descriptor, new SddlOptions(SddlObjectKind.Other, Raw: true), out string other, out _));
        Assert.Equal("D:(A;;KA;;;WD)(A;;0x1f01ff;;;WD)", key);
        Assert.Equal("D:(A;;0xf003f;;;S-1-1-0)(A;;0x1f01ff;;;S-1-1-0)", other);
    }

    [Fact]
    public void RandomText_NeverThrows_AndWhatParsesComesBack()
    {
        string[] pieces = ["O:", "G:", "D:", "S:", "(", ")", ";", "A", "XA", "RA", "ML", "FA", "0x1", "WD", "S-1-5-18", "P", "AI", "\"a\"", "@User.x", "==", "&&", "!",
            "{", "}", ",", "SID(BA)", "Member_of", "Exists", "1", "-", "#00", "TI", " ", "\0", "é", "NW", ";;;;;WD;", "(A;;FA;;;WD)"];
        Random random = new(11);
        StringBuilder text = new();
        for (int i = 0; i < 30_000; i++)
        {
            text.Clear();
            for (int n = random.Next(14); n > 0; n--)
            {
                text.Append(pieces[random.Next(pieces.Length)]);
            }

            if (Sddl.TryParse(text.ToString(), out byte[] descriptor, out SddlError error))
            {
                Assert.True(SecurityDescriptor.TryRead(descriptor, out _));
                Assert.True(Sddl.TryFormat(descriptor, out string formatted, out _), text.ToString());
                Assert.True(Sddl.TryParse(formatted, out byte[] again, out _), formatted);
                Assert.Equal(descriptor, again);
            }
            else
            {
                Assert.InRange(error.Position, 0, text.Length);
                Assert.NotEmpty(error.Message);
            }
        }
    }
}
