// SPDX-License-Identifier: MIT
using System;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class DescriptorTests
{
    private const string System12 = "010100000000000512000000";
    private const string Header = "0100" + "0480" + "14000000" + "00000000" + "00000000" + "20000000";
    private const string WithSacl = "0100" + "1080" + "14000000" + "00000000" + "20000000" + "00000000" + System12;
    private const string HighLabel = "1100140002000000" + "010100000000001000300000";
    private const string OneAllow = "02001c0001000000" + "0000140001000000" + System12;

    [Fact, Rule("KACS-FMT-038", "KACS-FMT-043")]
    public void Descriptor_Written_HasOwnerGroupSaclDaclInOrder()
    {
        Assert.True(Sddl.TryParse("S:(ML;;NW;;;HI)D:(A;;0x1;;;SY)G:SYO:SY", out byte[] sd, out _));
        string expected = "01001480" + "14000000" + "20000000" + "2c000000" + "48000000" + System12 + System12 +
            "02001c0001000000" + "1100140002000000" + "010100000000001000300000" + OneAllow;
        Assert.Equal(expected, Convert.ToHexStringLower(sd));
    }

    [Theory, Rule("KACS-FMT-038", "KACS-FMT-041", "KACS-FMT-043", "KACS-FMT-051", "KACS-FMT-061", "KACS-FMT-064", "KACS-FMT-070")]
    [InlineData("whole", Header + System12 + OneAllow, true)]
    [InlineData("empty", "", false)]
    [InlineData("header only, nothing in it", "0100008000000000000000000000000000000000", true)]
    [InlineData("header cut", "01000080000000000000000000000000000000", false)]
    [InlineData("revision 2", "0200" + "0480140000000000000000000000" + "20000000" + System12 + OneAllow, false)]
    [InlineData("not self-relative", "0100" + "0400" + "14000000" + "00000000" + "00000000" + "20000000" + System12 + OneAllow, false)]
    [InlineData("owner inside the header", "0100" + "0480" + "08000000" + "00000000" + "00000000" + "20000000" + System12 + OneAllow, false)]
    [InlineData("owner beyond the end", "0100" + "0080" + "ffffffff" + "00000000" + "00000000" + "00000000" + System12, false)]
    [InlineData("owner cut", "0100" + "0080" + "14000000" + "00000000" + "00000000" + "00000000" + "0101000000000005120000", false)]
    [InlineData("DACL present without offset", "0100" + "0480" + "14000000" + "00000000" + "00000000" + "00000000" + System12, false)]
    [InlineData("DACL offset without present", "0100" + "0080" + "14000000" + "00000000" + "00000000" + "20000000" + System12 + OneAllow, false)]
    [InlineData("owner and DACL overlap", "0100" + "0480" + "24000000" + "00000000" + "00000000" + "14000000" + OneAllow, false)]
    [InlineData("owner and group share a SID", "0100" + "0080" + "14000000" + "14000000" + "00000000" + "00000000" + System12, false)]
    [InlineData("AclSize below the header", Header + System12 + "0200070001000000" + "0000140001000000" + System12, false)]
    [InlineData("AclSize beyond the end", Header + System12 + "0200200001000000" + "0000140001000000" + System12, false)]
    [InlineData("one ACE too few", Header + System12 + "02001c0000000000" + "0000140001000000" + System12, false)]
    [InlineData("one ACE too many", Header + System12 + "02001c0002000000" + "0000140001000000" + System12, false)]
    [InlineData("AceSize zero", Header + System12 + "02001c0001000000" + "0000000001000000" + System12, false)]
    [InlineData("AceSize not a multiple of four", Header + System12 + "02001d0001000000" + "0000150001000000" + System12 + "00", false)]
    [InlineData("AceSize below sixteen", Header + System12 + "0200140001000000" + "00000c0001000000" + "01000000", false)]
    [InlineData("SID short of AceSize", Header + System12 + "0200200001000000" + "0000180001000000" + System12 + "00000000", false)]
    [InlineData("SID beyond AceSize", Header + System12 + "02001c0001000000" + "0000140001000000" + "010200000000000512000000", false)]
    [InlineData("unknown type of any body", Header + System12 + "02000c0001000000" + "2a000400", true)]
    [InlineData("foreign revision", Header + System12 + "ff001c0001000000" + "0000140001000000" + System12, true)]
    [InlineData("label of another authority, in a DACL", Header + System12 + "02001c0001000000" + "1100140001000000" + System12, true)]
    [InlineData("label of another authority", WithSacl + "02001c0001000000" + "1100140001000000" + System12, false)]
    [InlineData("trust label of another authority", WithSacl + "02001c0001000000" + "1400140001000000" + System12, false)]
    [InlineData("label of another authority, inherit-only", WithSacl + "02001c0001000000" + "1108140001000000" + System12, true)]
    [InlineData("label of another authority, the second", WithSacl + "0200300002000000" + HighLabel + "1100140001000000" + System12, true)]
    [InlineData("attribute without a claim", Header + System12 + "02001c0001000000" + "1200140001000000" + "010100000000000100000000", false)]
    [InlineData("object ACE without room for its GUID", Header + System12 + "0400200001000000" + "0500180001000000" + "01000000" + System12, false)]
    [InlineData("object ACE without GUIDs", Header + System12 + "0400200001000000" + "0500180001000000" + "00000000" + System12, true)]
    [InlineData("callback with noise after the SID", Header + System12 + "0400200001000000" + "0900180001000000" + System12 + "deadbeef", true)]
    public void Descriptor_Bytes_AreTakenOrRefused(string what, string hex, bool valid)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.True(valid == SecurityDescriptor.TryRead(bytes, out _), what);
        Assert.True(valid == CoreFormats.IsDescriptor(bytes), $"{what}: the core");
    }

    [Fact, Rule("KACS-FMT-042")]
    public void Descriptor_LongerThanItsFormat_IsRefused()
    {
        byte[] sd = new byte[65536];
        Convert.FromHexString("0100008000000000000000000000000000000000").CopyTo(sd, 0);
        Assert.False(SecurityDescriptor.TryRead(sd, out _));
        Assert.True(SecurityDescriptor.TryRead(sd.AsSpan(0, 65535), out _));
    }

    [Fact, Rule("KACS-FMT-053", "KACS-FMT-074")]
    public void AclBuilder_Revision_IsTheSmallestThatFits()
    {
        Assert.Equal(2, Revision(new AclBuilder().Allow(WellKnownSids.System, 1)));
        Assert.Equal(2, Revision(new AclBuilder().Add(AceType.ProcessTrustLabel, 0, 0, new Sid(19, 512, 8192))));
        Assert.Equal(4, Revision(new AclBuilder().Add(AceType.AccessAllowedObject, 0, 1, WellKnownSids.System)));
        Assert.Equal(4, Revision(new AclBuilder().Add(AceType.SystemAlarmCallbackObject, 0, 1, WellKnownSids.System)));
        Assert.True(Ace.TryRead(Convert.FromHexString("2ac30400"), out Ace unknown));
        Assert.Equal(2, Revision(new AclBuilder { SourceRevision = 2 }.AddRaw(unknown)));
        Assert.Equal(4, Revision(new AclBuilder { SourceRevision = 4 }.AddRaw(unknown)));
    }

    [Fact, Rule("KACS-FMT-039", "KACS-FMT-074")]
    public void Builder_FromADescriptor_KeepsEverything()
    {
        byte[] sd = Convert.FromHexString("01a5" + "04d0" + "14000000" + "00000000" + "00000000" + "20000000" + System12 + "02000c0001000000" + "2ac30400");
        Assert.True(SecurityDescriptor.TryRead(sd, out SecurityDescriptor view));
        Assert.True(SecurityDescriptorBuilder.From(view).TryBuild(out byte[] again));
        Assert.Equal(sd, again);
    }

    [Fact, Rule("KACS-FMT-057")]
    public void GenericRights_MapIndependently()
    {
        Assert.Equal(0x0012_019Fu, GenericMapping.File.Map(AccessMask.GenericRead | AccessMask.GenericWrite));
        Assert.Equal(0x000F_003Fu, GenericMapping.RegistryKey.Map(AccessMask.GenericAll | AccessMask.GenericExecute));
        Assert.Equal(0x0102_0001u, GenericMapping.Token.Map(0x0102_0001));
    }

    [Fact]
    public void RandomBytes_NeverThrow_AndWhatParsesRebuildsToTheSameView()
    {
        Random random = new(3);
        Assert.True(Sddl.TryParse("O:SYG:BAD:(A;;FA;;;SY)(XA;;FA;;;WD;(a == 1))(OA;;1;00112233-4455-6677-8899-aabbccddeeff;;WD)S:(ML;;NW;;;HI)(RA;;;;;WD;(\"n\",TS,0,\"x\",\"y\"))", out byte[] seed, out _));
        int parsed = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = (byte[])seed.Clone();
            for (int n = random.Next(4); n >= 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (SecurityDescriptor.TryRead(bytes.AsSpan(0, bytes.Length - (random.Next(8) == 0 ? random.Next(bytes.Length) : 0)), out SecurityDescriptor sd))
            {
                parsed++;
                Assert.True(SecurityDescriptorBuilder.From(sd).TryBuild(out byte[] rebuilt));
                Assert.True(SecurityDescriptor.TryRead(rebuilt, out SecurityDescriptor same));
                Assert.True(sd.Owner == same.Owner && sd.Group == same.Group && sd.Dacl.SequenceEqual(same.Dacl) && sd.Sacl.SequenceEqual(same.Sacl));
                // Output may fail, but what is printed must mean these ACEs.
                if (Sddl.TryFormat(rebuilt, out string text, out _))
                {
                    Assert.True(Sddl.TryParse(text, out byte[] fromText, out SddlError error), $"{text}: {error}");
                    Assert.True(Sddl.TryFormat(fromText, out string stable, out _));
                    Assert.Equal(text, stable);
                }
            }
        }

        Assert.True(parsed > 1000, "the mutations never reach the inside");
    }

    private static int Revision(AclBuilder builder)
    {
        Assert.True(builder.TryBuild(out byte[] acl));
        return acl[0];
    }
}
