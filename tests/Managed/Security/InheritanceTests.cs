// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

/// <summary>What a container passes on: the managed side against the table of the sheet and against the C core.</summary>
public sealed unsafe class InheritanceTests
{
    private const string OfParent =
        "(A;{0};GR;;;WD)(D;{0};0x1;;;AN)(OA;{0};0x2;00112233-4455-6677-8899-aabbccddeeff;;BU)(XA;{0};GX;;;AU;(a == 1))(A;{0};GA;;;CO)(A;{0};GW;;;CG)";

    private static readonly delegate* unmanaged<CoreInherit*, CoreWriter*, int> s_inherit =
        (delegate* unmanaged<CoreInherit*, CoreWriter*, int>)CoreLibrary.Export("kacs_inherit_sd");

    private static readonly delegate* unmanaged<void*, byte*, uint, int> s_parse =
        (delegate* unmanaged<void*, byte*, uint, int>)CoreLibrary.Export("kacs_sd_parse");

    [Theory, Rule("KACS-FMT-084", "KACS-FMT-085")]
    [InlineData("", null, null)]
    [InlineData("OI", "ID", "OIIOID")]
    [InlineData("OINP", "ID", null)]
    [InlineData("CI", null, "CIID")]
    [InlineData("CINP", null, "ID")]
    [InlineData("OICI", "ID", "OICIID")]
    [InlineData("OICINP", "ID", "ID")]
    [InlineData("OICIIO", "ID", "OICIID")]
    [InlineData("OICISAFA", "IDSAFA", "OICIIDSAFA")]
    public void Ace_OfTheParent_ReachesTheChildAsTheTableSays(string flags, string? leaf, string? container)
    {
        Assert.Equal(leaf is null ? "D:" : $"D:(A;{leaf};0x1;;;WD)", Inherited($"D:(A;{flags};0x1;;;WD)", false));
        Assert.Equal(container is null ? "D:" : $"D:(A;{container};0x1;;;WD)", Inherited($"D:(A;{flags};0x1;;;WD)", true));
    }

    [Fact, Rule("KACS-FMT-090", "KACS-FMT-091")]
    public void Placeholders_BecomeOwnerAndGroup_AndKeepNothingElse() =>
        Assert.Equal("D:(A;CIID;KA;;;SY)(A;CIID;KW;;;BA)", Inherited("D:(A;CI;GA;;;CO)(A;CI;GW;;;CG)", true));

    [Fact, Rule("KACS-FMT-045")]
    public void CreatorGroup_WithoutAGroup_Fails()
    {
        DescriptorInheritance rules = new(true, WellKnownSids.System, default, GenericMapping.RegistryKey);
        Assert.Equal(-1, rules.Append(new AclBuilder(), Acl("D:(A;CI;GA;;;CG)")));
        Assert.Equal(0, rules.Append(new AclBuilder(), Acl("D:(A;;GA;;;CG)")));
    }

    [Theory, Rule("KACS-FMT-080", "KACS-FMT-084", "KACS-FMT-088")]
    [InlineData("OI")]
    [InlineData("CI")]
    [InlineData("OICI")]
    [InlineData("OICINP")]
    [InlineData("CIIO")]
    [InlineData("")]
    public void Inheritance_AgreesWithTheCore(string flags)
    {
        byte[] parent = Descriptor("O:BAG:BAD:" + string.Format(null, OfParent, flags));
        foreach (bool container in (bool[])[true, false])
        {
            AclBuilder acl = new();
            acl.Deny(WellKnownSids.Anonymous, 3);
            DescriptorInheritance rules = new(container, WellKnownSids.System, WellKnownSids.Administrators, GenericMapping.RegistryKey);
            _ = rules.Append(acl, Acl(parent));
            Assert.True(acl.TryBuild(out byte[] ours));
            byte[] core = Core(parent, Descriptor("O:SYG:BAD:AR(D;;0x3;;;AN)"), container);
            Assert.True(SecurityDescriptor.TryRead(core, out SecurityDescriptor theirs));
            Assert.Equal(Convert.ToHexStringLower(theirs.Dacl), Convert.ToHexStringLower(ours));
        }
    }

    [Fact, Rule("KACS-FMT-078")]
    public void CanonicalOrder_IsByClass_AndStableInside()
    {
        const string guid = "00112233-4455-6677-8899-aabbccddeeff";
        string mixed = $"D:(A;ID;0x1;;;WD)(A;;0x1;;;WD)(OD;;0x1;{guid};;AN)(A;;0x2;;;AU)(D;ID;0x1;;;AN)(OA;;0x1;;{guid};WD)(D;;0x4;;;AN)(D;;0x1;;;AN)";
        string sorted = $"D:(D;;0x4;;;AN)(D;;0x1;;;AN)(OD;;0x1;{guid};;AN)(A;;0x1;;;WD)(A;;0x2;;;AU)(OA;;0x1;;{guid};WD)(D;ID;0x1;;;AN)(A;ID;0x1;;;WD)";
        byte[] dacl = CanonicalOrder.Sort(Acl(mixed));
        Assert.Equal(sorted, Text(dacl));
        Assert.True(CanonicalOrder.IsCanonical(dacl));
        Assert.False(CanonicalOrder.IsCanonical(Acl(mixed)));
        Assert.Same(dacl, CanonicalOrder.Sort(dacl));
    }

    private static string Inherited(string parent, bool container)
    {
        AclBuilder acl = new();
        DescriptorInheritance rules = new(container, WellKnownSids.System, WellKnownSids.Administrators, GenericMapping.RegistryKey);
        _ = rules.Append(acl, Acl(parent));
        Assert.True(acl.TryBuild(out byte[] bytes));
        return Text(bytes);
    }

    private static byte[] Core(byte[] parent, byte[] creator, bool container)
    {
        byte[] result = new byte[4096];
        byte* parents = stackalloc byte[512];
        byte* creators = stackalloc byte[512];
        Span<uint> map = [0x20019, 0x20006, 0, 0xF003F];
        fixed (byte* p = parent, c = creator, r = result)
        {
            fixed (uint* m = map)
            {
                Assert.Equal(0, s_parse(parents, p, (uint)parent.Length));
                Assert.Equal(0, s_parse(creators, c, (uint)creator.Length));
                CoreInherit input = new() { Parent = parents, Creator = creators, Map = m, Container = (byte)(container ? 1 : 0) };
                CoreWriter writer = new() { Data = r, Capacity = (uint)result.Length };
                Assert.Equal(0, s_inherit(&input, &writer));
                return result[..(int)writer.Length];
            }
        }
    }

    private static byte[] Descriptor(string sddl)
    {
        Assert.True(Sddl.TryParse(sddl, out byte[] bytes, out SddlError error), error.ToString());
        return bytes;
    }

    private static byte[] Acl(string sddl) => Acl(Descriptor(sddl));

    private static byte[] Acl(byte[] descriptor)
    {
        Assert.True(SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd));
        return sd.Dacl.ToArray();
    }

    private static string Text(byte[] dacl)
    {
        Assert.True(new SecurityDescriptorBuilder { Dacl = dacl }.TryBuild(out byte[] sd));
        Assert.True(Sddl.TryFormat(sd, new SddlOptions(SddlObjectKind.RegistryKey), out string text, out _));
        return text;
    }

    /// <summary><c>struct kacs_inherit</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CoreInherit
    {
        public void* Parent;
        public void* Creator;
        public byte* Owner;
        public byte* Group;
        public byte* DefaultDacl;
        public uint DefaultDaclLength;
        public byte* ServerDacl;
        public uint ServerDaclLength;
        public uint* Map;
        public byte* ClassGuid;
        public byte Container;
    }

    /// <summary><c>struct pkm_writer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CoreWriter
    {
        public byte* Data;
        public uint Capacity;
        public uint Length;
        public byte Failed;
    }
}
