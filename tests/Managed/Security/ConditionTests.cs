// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Security;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Security;

public class ConditionTests
{
    [Theory, Rule("KACS-FMT-133", "KACS-FMT-134", "KACS-FMT-137", "KACS-FMT-138", "KACS-FMT-161", "KACS-FMT-163")]
    [InlineData("@User.a == 1", "f9 02000000 6100 04 0100000000000000 03 02 80")]
    [InlineData("@Resource.a != -1", "fa 02000000 6100 04 ffffffffffffffff 02 02 81")]
    [InlineData("@Device.a < +0x10", "fb 02000000 6100 04 1000000000000000 01 03 82")]
    [InlineData("a <= 017", "f8 02000000 6100 04 0f00000000000000 03 01 83")]
    [InlineData("@Local.a > 0", "f8 02000000 6100 04 0000000000000000 03 02 84")]
    [InlineData("a >= \"x\"", "f8 02000000 6100 10 02000000 7800 85")]
    [InlineData("a Contains {1,\"x\"}", "f8 02000000 6100 50 12000000 04 0100000000000000 03 02 10 02000000 7800 86")]
    [InlineData("Exists @User.a", "f9 02000000 6100 87")]
    [InlineData("Not_Exists a", "f8 02000000 6100 8d")]
    [InlineData("a Any_of {}", "f8 02000000 6100 50 00000000 88")]
    [InlineData("a Not_Contains #00ff", "f8 02000000 6100 18 02000000 00ff 8e")]
    [InlineData("a Not_Any_of @User.b", "f8 02000000 6100 f9 02000000 6200 8f")]
    [InlineData("Member_of SID(SY)", "51 0c000000 010100000000000512000000 89")]
    [InlineData("Device_Member_of_Any{SID(SY)}", "50 11000000 51 0c000000 010100000000000512000000 8c")]
    [InlineData("Not_Member_of_Any{ SID(SY) , SID(SY) }", "50 22000000 51 0c000000 010100000000000512000000 51 0c000000 010100000000000512000000 92")]
    [InlineData("a%0020b == 1", "f8 06000000 6100 2000 6200 04 0100000000000000 03 02 80")]
    [InlineData("a", "f8 02000000 6100")]
    [InlineData("!a", "f8 02000000 6100 a2")]
    [InlineData("a && b || c", "f8 02000000 6100 f8 02000000 6200 a0 f8 02000000 6300 a1")]
    [InlineData("a || b && c", "f8 02000000 6100 f8 02000000 6200 f8 02000000 6300 a0 a1")]
    [InlineData("(a || b) && !(c)", "f8 02000000 6100 f8 02000000 6200 a1 f8 02000000 6300 a2 a0")]
    [InlineData("a || (b || c)", "f8 02000000 6100 f8 02000000 6200 f8 02000000 6300 a1 a1")]
    public void Expression_CompilesToItsByteCode(string expression, string hex)
    {
        byte[] code = Program(expression);
        string expected = "61727478" + hex.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(expected, Convert.ToHexStringLower(code)[..expected.Length]);
        Assert.True(code.Length % 4 == 0 && code.Length - (expected.Length / 2) < 4);
        Assert.Equal(-1, code.AsSpan(expected.Length / 2).IndexOfAnyExcept((byte)0));
    }

    [Theory, Rule("KACS-FMT-161", "KACS-FMT-162", "KACS-FMT-165")]
    [InlineData("")]
    [InlineData("()")]
    [InlineData("1")]
    [InlineData(".a")]
    [InlineData("\"a\" == a")]
    [InlineData("1 == 1")]
    [InlineData("a ==")]
    [InlineData("a == ==")]
    [InlineData("a === 1")]
    [InlineData("a = 1")]
    [InlineData("a & b")]
    [InlineData("a && ")]
    [InlineData("a b")]
    [InlineData("@Nobody.a")]
    [InlineData("@User.")]
    [InlineData("a == {1,}")]
    [InlineData("a == {1 2}")]
    [InlineData("a == {{1}}")]
    [InlineData("a == {b}")]
    [InlineData("a == 9223372036854775808")]
    [InlineData("a == 0x")]
    [InlineData("a == 089")]
    [InlineData("a == #0")]
    [InlineData("a == \"open")]
    [InlineData("a == 1\0")]
    [InlineData("a%00zz")]
    [InlineData("a%0000")]
    [InlineData("Exists")]
    [InlineData("Exists 1")]
    [InlineData("Member_of")]
    [InlineData("Member_of{1}")]
    [InlineData("Member_of @User.a")]
    [InlineData("Member_of{SID(QQ)}")]
    [InlineData("Member_of{SID()}")]
    [InlineData("(a")]
    [InlineData("a)")]
    public void Expression_OutsideTheGrammar_IsRefused(string expression) =>
        Assert.False(Sddl.TryParse($"D:(XA;;FA;;;WD;({expression}))", out _, out _));

    [Fact]
    public void Expression_NestedWithoutEnd_IsRefusedNotCrashed()
    {
        Assert.False(Sddl.TryParse($"D:(XA;;FA;;;WD;({new string('(', 100_000)}a", out _, out SddlError error));
        Assert.Contains("nested", error.Message, StringComparison.Ordinal);
        string deep = new string('(', 200) + "a" + new string(')', 200);
        Assert.True(Sddl.TryParse($"D:(XA;;FA;;;WD;({deep}))", out _, out _));
        // Negations nest without parentheses on input, and with them on output.
        Assert.False(Sddl.TryParse($"D:(XA;;FA;;;WD;({new string('!', 60_000)}a))", out _, out _));
        Assert.True(Sddl.TryParse($"D:(XA;;FA;;;WD;({new string('!', 255)}a))", out byte[] sd, out _));
        Assert.True(Sddl.TryFormat(sd, out string negated, out _));
        Assert.True(Sddl.TryParse(negated, out byte[] again, out _));
        Assert.Equal(sd, again);
    }

    [Fact, Rule("KACS-FMT-163")]
    public void Expression_WithoutText_IsNotPrintedAsAnother()
    {
        string[] programs =
        [
            "", "61727478", "6172747800", "61727478f902000000", "617274780101000000000000000302",
            "61727478f9020000006100f9020000006200", "61727478a2", "61727478f9020000006100040100000000000000030280ff",
            "6172747804010000000000000003020401000000000000000302 80".Replace(" ", "", StringComparison.Ordinal),
            "61727478f902000000220080".PadRight(26, '0'), "61727478f9020000006100100200000022008000", "61727478f902000000610004010000000000000002028000",
            "61727478f90200000061000401000000000000000902 80".Replace(" ", "", StringComparison.Ordinal), "61727478f902000000610050ffffffff80",
        ];
        foreach (string program in programs)
        {
            AclBuilder acl = new();
            acl.Add(AceType.AccessAllowedCallback, AceFlags.None, 1, WellKnownSids.Everyone, Convert.FromHexString(program.Length % 2 == 0 ? program : program + "0"));
            Assert.True(acl.TryBuild(out byte[] dacl));
            Assert.True(new SecurityDescriptorBuilder { Dacl = dacl }.TryBuild(out byte[] sd));
            Assert.False(Sddl.TryFormat(sd, out string text, out _), $"{program}: {text}");
        }
    }

    [Fact, Rule("KACS-FMT-163")]
    public void RandomExpressions_ComeBackByteForByte()
    {
        Random random = new(17);
        for (int i = 0; i < 5000; i++)
        {
            StringBuilder text = new();
            Generate(text, random, 4);
            byte[] code = Program(text.ToString());
            Assert.True(Sddl.TryParse($"D:(XA;;FA;;;WD;({text}))", out byte[] sd, out _));
            Assert.True(Sddl.TryFormat(sd, out string formatted, out _), text.ToString());
            Assert.True(Sddl.TryParse(formatted, out byte[] again, out _), formatted);
            Assert.Equal(sd, again);
            Assert.NotEmpty(code);
        }
    }

    private static void Generate(StringBuilder text, Random random, int depth)
    {
        string[] leaves =
        [
            "@User.a", "b", "@Resource.c == -5", "@Device.d >= 0x7f", "@User.e != \"x y\"", "f Contains {1, \"two\", #03}",
            "Member_of{SID(BA), SID(S-1-5-21-1-2-3-4)}", "Not_Device_Member_of SID(WD)", "Exists g%0020h", "@User.i Any_of @Resource.j",
        ];
        int kind = depth == 0 ? 0 : random.Next(4);
        if (kind == 0)
        {
            text.Append(leaves[random.Next(leaves.Length)]);
            return;
        }

        text.Append(kind == 3 ? "!(" : "(");
        Generate(text, random, depth - 1);
        if (kind != 3)
        {
            text.Append(kind == 1 ? " && " : " || ");
            Generate(text, random, depth - 1);
        }

        text.Append(')');
    }

    private static byte[] Program(string expression)
    {
        Assert.True(Sddl.TryParse($"D:(XA;;FA;;;WD;({expression}))", out byte[] sd, out SddlError error), $"{expression}: {error}");
        Assert.True(SecurityDescriptor.TryRead(sd, out SecurityDescriptor view));
        Assert.True(AclReader.TryRead(view.Dacl, out AclReader reader));
        Assert.True(reader.MoveNext(out Ace ace));
        return ace.ApplicationData.ToArray();
    }
}
