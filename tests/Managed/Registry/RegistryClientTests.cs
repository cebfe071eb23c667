// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Peios.Registry;
using Tools.Regctl;
using Xunit;

namespace Peios.Tests.Registry;

/// <summary>The parts of Peios.Registry and regctl that need no kernel.</summary>
public sealed class RegistryClientTests
{
    [Fact]
    [Rule("LCS-174", "LCS-175", "LCS-176")]
    public void WatchRecord_BothForms_AreParsed()
    {
        byte[] direct = [9, 0, 0, 0, 1, 0, 1, 0, (byte)'v'];
        Assert.True(RegistryWatch.TryParse(direct, subtree: false, out WatchEvent change, out int used));
        Assert.Equal((WatchEventType.ValueSet, "v", 9), (change.Type, change.Name, used));
        byte[] subtree = [17, 0, 0, 0, 3, 0, 1, 0, (byte)'c', 2, 0, 1, 0, (byte)'A', 1, 0, (byte)'B', 99];
        Assert.True(RegistryWatch.TryParse(subtree, subtree: true, out change, out used));
        Assert.Equal((WatchEventType.SubKeyCreated, "c", 17), (change.Type, change.Name, used));
        Assert.Equal(["A", "B"], change.Path);
    }

    [Fact]
    [Rule("LCS-176")]
    public void WatchRecord_UnknownTrailingBytes_AreSkipped()
    {
        byte[] longer = [14, 0, 0, 0, 5, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        Assert.True(RegistryWatch.TryParse(longer, subtree: true, out WatchEvent change, out int used));
        Assert.Equal((WatchEventType.SecurityChanged, 14, 0), (change.Type, used, change.Path.Length));
    }

    [Fact]
    public void WatchRecord_EveryTruncation_IsRefused()
    {
        byte[] record = [17, 0, 0, 0, 3, 0, 1, 0, (byte)'c', 2, 0, 1, 0, (byte)'A', 1, 0, (byte)'B'];
        for (int cut = 0; cut < record.Length; cut++)
        {
            Assert.False(RegistryWatch.TryParse(record.AsSpan(0, cut), subtree: true, out _, out _));
            byte[] shorter = record[..cut];
            if (cut is >= 11 and < 17)
            {
                shorter[0] = (byte)cut;
                Assert.False(RegistryWatch.TryParse(shorter, subtree: true, out _, out _));
            }
        }
    }

    [Fact]
    [Rule("PEINIT-096")]
    public void Value_StringForms_AreStrict()
    {
        Assert.True(new RegistryValue(RegistryValueType.String, "abc\0"u8.ToArray()).TryGetString(out string? text));
        Assert.Equal("abc", text);
        Assert.False(new RegistryValue(RegistryValueType.String, "a\0b"u8.ToArray()).TryGetString(out _));
        Assert.False(new RegistryValue(RegistryValueType.String, [0xff]).TryGetString(out _));
        Assert.False(new RegistryValue(RegistryValueType.Binary, "a"u8.ToArray()).TryGetString(out _));
        Assert.True(new RegistryValue(RegistryValueType.MultiString, "a\0\0b\0\0"u8.ToArray()).TryGetStrings(out string[]? list));
        Assert.Equal(["a", "b"], list);
        Assert.True(new RegistryValue(RegistryValueType.MultiString, "a\0b"u8.ToArray()).TryGetStrings(out list));
        Assert.Equal(["a", "b"], list);
        Assert.False(new RegistryValue(RegistryValueType.Dword, [1, 2, 3]).TryGetDword(out _));
        Assert.True(new RegistryValue(RegistryValueType.DwordBigEndian, [0, 0, 0, 5]).TryGetDword(out uint number));
        Assert.Equal(5u, number);
    }

    [Fact]
    public void Value_Strings_RoundTrip()
    {
        RegistryValue value = RegistryValue.FromStrings(["one", "żółw"]);
        Assert.True(value.TryGetStrings(out string[]? list));
        Assert.Equal(["one", "żółw"], list);
        Assert.Equal(0, value.Data[^1]);
        Assert.Equal(0, value.Data[^2]);
    }

    [Theory]
    [Rule("LCS-009")]
    [InlineData("Software", "sOFTWARE", true)]
    [InlineData("\u212a", "k", true)]
    [InlineData("\u1e9e", "ß", true)]
    [InlineData("ß", "ss", false)]
    [InlineData("Σ", "ς", true)]
    [InlineData("İ", "i", false)]
    [InlineData("é", "e\u0301", false)]
    [InlineData("\U00010400", "\U00010428", true)]
    public void Fold_Pairs_CompareAsTheKernelDoes(string a, string b, bool equal) => Assert.Equal(equal, CaseFold.Equal(a, b));

    // Both tables come from one generator run; whoever edits one by hand is found here.
    [Fact]
    [Rule("LCS-009")]
    public void FoldTables_OfKernelAndUserSpace_AreOne()
    {
        string table = File.ReadAllText(Path.Combine(Repository.Root, "pkm", "core", "base", "casefold_table.h"));
        int ranges = 0;
        foreach (string line in table.Split('\n'))
        {
            if (!line.StartsWith("\t{ ", StringComparison.Ordinal))
            {
                continue;
            }

            string[] cells = line.Trim('\t', ' ', '{', '}', ',').Split(", ");
            int first = Convert.ToInt32(cells[0], 16), last = Convert.ToInt32(cells[1], 16), step = int.Parse(cells[2]), delta = int.Parse(cells[3].TrimEnd(' ', '}', ','));
            for (int cp = first; cp <= last; cp += step)
            {
                Assert.Equal(cp + delta, CaseFold.Fold(cp));
            }

            ranges++;
        }

        Assert.True(ranges > 150);
    }

    [Theory]
    [Rule("CLI-019")]
    [InlineData("text", "sz", "text")]
    [InlineData("7", "dword", "7")]
    [InlineData("0x10", "dword", "16")]
    [InlineData("4294967296", "qword", "4294967296")]
    [InlineData("sz:7", "sz", "7")]
    [InlineData("expand:%A%", "expand", "%A%")]
    [InlineData("dword-be:1", "dword-be", "1")]
    [InlineData("multi:a,b\\,c", "multi", "a,b\\,c")]
    [InlineData("hex:00 ff", "hex", "00ff")]
    [InlineData("link:Machine\\X", "link", "Machine\\X")]
    [InlineData("-7", "sz", "-7")]
    [InlineData("http://x", "sz", "http://x")]
    public void Data_Forms_AreRead(string typed, string type, string shown)
    {
        Assert.True(ValueText.TryParse(typed, null, out RegistryValue value));
        Assert.Equal(type, ValueText.TypeName(value.Type));
        Assert.Equal(shown, ValueText.Show(value, bytes: false));
    }

    [Theory]
    [Rule("CLI-019")]
    [InlineData("dword:x")]
    [InlineData("dword:4294967296")]
    [InlineData("hex:0")]
    [InlineData("hex:zz")]
    [InlineData("qword:")]
    public void Data_NotOfItsType_IsRefused(string typed) => Assert.False(ValueText.TryParse(typed, null, out _));

    [Fact]
    public void Data_OfAnUnfitType_ShowsBytes()
    {
        Assert.Equal("010203", ValueText.Show(new RegistryValue(RegistryValueType.Dword, [1, 2, 3]), bytes: false));
        Assert.Equal("41", ValueText.Show(RegistryValue.FromString("A"), bytes: true));
    }
}
