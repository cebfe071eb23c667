// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;
using Peios.Registry;
using Peios.Security;
using Peios.Tests;
using Tools.Frame;
using Tools.Sd;
using Xunit;

namespace Tests.Managed.Tools;

/// <summary>Changes to descriptors, on text: the same code that changes objects, up to the write.</summary>
public sealed class SdEditTests
{
    private const string Guid = "00112233-4455-6677-8899-aabbccddeeff";

    [Theory, Rule("CLI-025", "CLI-013", "KACS-FMT-078")]
    [InlineData("D:(A;;FA;;;SY)", "D:(A;;FA;;;SY)(A;;FR;;;BU)", "allow", "BU:r")]
    [InlineData("D:(A;;FA;;;SY)", "D:(D;;FW;;;BU)(A;;FA;;;SY)", "deny", "BU:write")]
    [InlineData("D:(A;;FR;;;BU)", "D:(A;;0x12019f;;;BU)", "allow", "BU:w")]
    [InlineData("D:(A;ID;FR;;;BU)", "D:(A;;FW;;;BU)(A;ID;FR;;;BU)", "allow", "BU:w")]
    [InlineData("D:(D;;FW;;;BU)(A;;FX;;;BU)(A;;FA;;;SY)", "D:(A;;FA;;;SY)(A;;FR;;;BU)", "allow", "BU:r", "--replace")]
    [InlineData("D:(A;;FA;;;SY)", "D:(A;;FA;;;SY)(A;;FR;;;S-1-5-21-1-2-3-4)(A;;0x20000;;;OW)", "allow", "S-1-5-21-1-2-3-4:r", "@owner:READ_CONTROL")]
    [InlineData("D:(A;;FA;;;SY)", "D:(XD;;FX;;;WD;(@User.Title != \"PM\"))(A;;FA;;;SY)", "deny", "Everyone:x", "--if", "@User.Title != \"PM\"")]
    [InlineData("D:P", "D:P(A;;FA;;;SY)", "allow", "SY:f")]
    [InlineData("D:(A;;FA;;;SY)(A;;FR;;;BU)(XA;;FX;;;BU;(a == 1))", "D:(A;;FA;;;SY)", "remove", "BU")]
    [InlineData("D:(A;;FA;;;SY)", "D:", "remove", "SY", "--allow-empty")]
    [InlineData("O:SYD:(A;;FA;;;SY)", "O:BA", "owner", "BA")]
    [InlineData("O:SYD:(A;;FA;;;SY)", "G:BU", "group", "BU")]
    [InlineData("S:(AU;SA;FR;;;WD)", "S:(AU;SAFA;FR;;;WD)", "audit", "WD:r:failure")]
    [InlineData("O:SY", "S:(AU;FA;FW;;;AN)", "audit", "AN:w:failure")]
    [InlineData("S:(ML;;NW;;;HI)(AU;SA;FR;;;WD)", "S:(ML;;NW;;;HI)", "unaudit", "WD")]
    [InlineData("S:(AU;SA;FR;;;WD)", "", "unaudit", "WD")]
    [InlineData("S:(AU;SA;FR;;;WD)(ML;;NR;;;LW)", "S:(ML;;NWNX;;;HI)(AU;SA;FR;;;WD)", "integrity", "High", "--policy", "NW,NX")]
    [InlineData("O:SY", "S:(ML;;NW;;;S-1-16-5)", "integrity", "5")]
    [InlineData("O:SYD:(A;;FA;;;SY)", "G:BAD:(A;;FR;;;BU)", "set", "G:BAD:(A;;FR;;;BU)")]
    [InlineData("D:PAI(A;;FA;;;SY)", "D:(A;;FR;;;BU)", "set", "D:(A;;FR;;;BU)")]
    [InlineData("D:(A;;FA;;;SY)", "", "set", "O:SY", "--components", "dacl")]
    public void Edit_OfADescriptor_ChangesWhatWasMeant(string before, string after, string command, params string[] args)
    {
        ToolRun run = ToolRun.Of("sd", [command, before, .. args, "--dry-run"]);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Equal($"SDDL: {after}\n", run.Out);
    }

    [Theory, Rule("CLI-002", "CLI-026")]
    [InlineData(6, "empty", "D:(A;;FA;;;SY)", "remove", "SY")]
    [InlineData(2, "no ACE", "D:(A;;FA;;;SY)", "remove", "BU")]
    [InlineData(2, "only inherited", "D:(A;ID;FA;;;BU)", "remove", "BU")]
    [InlineData(6, "no DACL", "O:SY", "allow", "BU:r")]
    [InlineData(4, "PRINCIPAL:PERMS", "D:", "allow", "BU")]
    [InlineData(4, "no rights", "D:", "allow", "BU:q")]
    [InlineData(4, "no known principal", "D:", "allow", "no such:r")]
    [InlineData(4, "--flags none", "D:", "allow", "BU:r", "--flags", "CI")]
    [InlineData(4, "not XX", "D:", "allow", "BU:r", "--flags", "XX")]
    [InlineData(4, "--if", "D:", "allow", "BU:r", "--if", "a ==")]
    [InlineData(4, "one expression", "D:", "allow", "BU:r", "--if", "a))(XA;;0x1;;;WD;(b")]
    [InlineData(4, ":success", "D:", "audit", "BU:r")]
    [InlineData(4, "integrity level", "D:", "integrity", "Lofty")]
    [InlineData(4, "--policy", "D:", "integrity", "High", "--policy", "NQ")]
    [InlineData(4, "no part", "D:", "set", "D:NO_ACCESS_CONTROL")]
    [InlineData(4, "position", "D:", "set", "D:(")]
    [InlineData(4, "names none", "D:", "set", "D:", "--components", "owner")]
    [InlineData(4, "--components", "D:", "set", "D:", "--components", "all")]
    [InlineData(64, "SDDL", "D:", "set")]
    [InlineData(4, "inherits from nothing", "D:", "reset")]
    [InlineData(4, "nothing lies below", "D:", "propagate")]
    [InlineData(4, "nothing lies below", "D:", "owner", "SY", "-r")]
    public void Edit_ThatCannotBeDone_SaysWhyAndPrintsNothing(int code, string message, string before, string command, params string[] args)
    {
        ToolRun run = ToolRun.Of("sd", [command, before, .. args, "--dry-run"]);
        Assert.Equal((code, ""), ((int)run.Code, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("on", "SDDL: inherits from nothing")]
    [InlineData("sideways", "on or off")]
    public void Inherit_Word_IsChecked(string word, string message) =>
        Assert.Contains(message, ToolRun.Of("sd", "inherit", word, "D:(A;;FA;;;SY)", "--dry-run").Error, StringComparison.Ordinal);

    [Theory, Rule("KACS-FMT-096")]
    [InlineData("D:P(A;;FA;;;SY)(A;;FR;;;BU)", "inherit", "off")]
    [InlineData("D:P(A;;FA;;;SY)", "inherit", "off", "--strip-inherited")]
    public void Inherit_Off_KeepsCopiesOrDropsThem(string after, string command, string word, params string[] options)
    {
        ToolRun run = ToolRun.Of("sd", [command, word, "D:AI(A;;FA;;;SY)(A;ID;FR;;;BU)", .. options, "--dry-run"]);
        Assert.Equal($"SDDL: {after}\n", run.Out);
    }

    [Fact]
    public void Text_IsNeverWritten()
    {
        ToolRun run = ToolRun.Of("sd", "owner", "O:SY", "BA");
        Assert.Equal(ExitCode.InvalidInput, run.Code);
        Assert.Contains("only --dry-run", run.Error, StringComparison.Ordinal);
    }

    [Fact, Rule("CLI-005")]
    public void Edit_AsJson_SaysWhatWouldBeWritten()
    {
        using JsonDocument json = JsonDocument.Parse(ToolRun.Of("sd", "allow", "D:", "SY:f", "--dry-run", "--json").Out);
        Assert.False(json.RootElement.GetProperty("written").GetBoolean());
        Assert.Equal("D:(A;;FA;;;SY)", json.RootElement.GetProperty("sddl").GetString());
    }

    [Fact, Rule("CLI-026", "KACS-FMT-074", "KACS-FMT-079")]
    public void Edit_KeepsUnknownAces_ByteForByte()
    {
        byte[] unknown = Convert.FromHexString("2ac30800deadbeef");
        Assert.True(Ace.TryRead(unknown, out Ace ace));
        Assert.True(new AclBuilder { SourceRevision = 2 }.AddRaw(ace).Allow(WellKnownSids.System, 1).TryBuild(out byte[] dacl));
        SecurityDescriptorBuilder sd = new() { Dacl = dacl };
        Assert.True(AclEdits.Grant(sd, new AceEdit(AceType.AccessAllowed, AceFlags.None, 2, WellKnownSids.Users, []), replace: false));
        Assert.Equal(1, AclEdits.Remove(sd, WellKnownSids.System, audit: false));
        Assert.True(sd.Dacl.AsSpan().IndexOf(unknown) >= 0);
        Assert.Equal((2, 2), (sd.Dacl![0], AclEdits.Count(sd.Dacl)));
    }

    [Fact, Rule("KACS-FMT-056", "KACS-FMT-055")]
    public void Perms_NeverGiveAReservedBitOrMaximumAllowed()
    {
        foreach (string perms in (string[])["0x02000000", "0x00200000", "0x0c000000", "MAXIMUM_ALLOWED"])
        {
            Assert.Equal(ExitCode.InvalidInput, ToolRun.Of("sd", "allow", "D:", $"BU:{perms}", "--dry-run").Code);
        }
    }

    [Theory]
    [InlineData(null, "O:SYD:(A;;FA;;;SY)", SecurityParts.Owner | SecurityParts.Dacl)]
    [InlineData(null, "D:NO_ACCESS_CONTROL", SecurityParts.None)]
    [InlineData("dacl,SACL", "O:SY", SecurityParts.Dacl | SecurityParts.Sacl)]
    public void Components_AreThoseNamedOrThere(string? list, string sddl, SecurityParts expected)
    {
        Assert.True(Sddl.TryParse(sddl, out byte[] descriptor, out _));
        Assert.True(SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd));
        Assert.True(SetCommand.TryParts(list, sd, out SecurityParts parts));
        Assert.Equal(expected, parts);
    }

    [Fact, Rule("CLI-027", "KACS-FMT-098", "KACS-FMT-099")]
    public void Explain_SaysWhoGetsWhat_AndByWhichAce() =>
        VerifiedFile.Verify(
            Explain($"O:BAD:(D;;0x2;;;AN)(A;;FR;;;AN)(OA;;0x1;{Guid};;AU)(A;;FA;;;SY)(XA;;FX;;;BU;(a == 1))(A;;FX;;;BU)(A;IO;FA;;;WD)") + "\n" +
            Explain("O:BAD:(A;;RC;;;OW)(A;;FR;;;BA)") + "\n" + Explain("O:SY") + "\n" + Explain("D:") + "\n" +
            Explain("O:SYD:(A;;FR;;;WD)(D;;FW;;;WD)(A;;FA;;;BU)(A;;FW;;;AN)S:(ML;;NWNR;;;HI)(TL;;FR;;;S-1-19-512-8192)(SP;;;;;S-1-17-1)"),
            "sd-explain");

    private static string Explain(string sddl)
    {
        ToolRun run = ToolRun.Of("sd", "explain", sddl);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        return run.Out;
    }
}
