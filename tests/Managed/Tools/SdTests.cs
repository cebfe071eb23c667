// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;
using Peios.Tests;
using Tools.Frame;
using Tools.Sd;
using Xunit;

namespace Tests.Managed.Tools;

public class SdTests
{
    private const string Rich =
        "O:BAG:SYD:PAI(D;;0x2;;;AN)(A;OICI;FA;;;SY)(A;;0x1200a9;;;BU)(XA;;FX;;;WD;(@User.Title == \"PM\"))(A;ID;GR;;;S-1-5-21-1-2-3-1000)" +
        "(OA;CI;0x10;00112233-4455-6677-8899-aabbccddeeff;ffeeddcc-bbaa-9988-7766-554433221100;AU)" +
        "S:(AU;SAFA;FA;;;WD)(ML;;NWNR;;;HI)(RA;;;;;WD;(\"Colour\",TS,0x0,\"red\"))(TL;;0x0;;;S-1-19-512-8192)";

    [Fact, Rule("CLI-025", "CLI-006")]
    public void Show_OfSddl_IsATable() => VerifiedFile.Verify(Show(Rich), "sd-show");

    [Fact, Rule("CLI-005", "CLI-025")]
    public void Show_AsJson_HasTheSameData() => VerifiedFile.Verify(Show(Rich, "--json"), "sd-show-json");

    [Fact, Rule("CLI-003")]
    public void Show_Raw_HasNoNames()
    {
        string text = Show(Rich, "--raw");
        Assert.DoesNotContain("Administrators", text, StringComparison.Ordinal);
        Assert.Contains("S-1-5-32-544", text, StringComparison.Ordinal);
    }

    [Theory, Rule("KACS-FMT-046")]
    [InlineData("O:SY", "DACL: none: everyone has every right")]
    [InlineData("O:SYD:", "DACL: empty: grants nothing")]
    public void Show_TellsANullDaclFromAnEmptyOne(string sddl, string expected) =>
        Assert.Contains(expected, Show(sddl), StringComparison.Ordinal);

    [Theory, Rule("CLI-002", "CLI-007")]
    [InlineData(4, "D:(A;;FA;;;ZZ)", "position 11")]
    [InlineData(4, "pid:one", "not a process number")]
    [InlineData(4, "token:0", "not a process number")]
    public void Show_OfWhatCannotBeShown_SaysWhy(int code, string target, string message)
    {
        ToolRun run = ToolRun.Of("sd", "show", target);
        Assert.Equal(code, (int)run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
    }

    [Theory, Rule("CLI-013")]
    [InlineData("r", 0x120089u)]
    [InlineData("rw", 0x12019fu)]
    [InlineData("m", 0x1301bfu)]
    [InlineData("f", 0x1f01ffu)]
    [InlineData("dco", 0x000d0000u)]
    [InlineData("read,FILE_EXECUTE", 0x1200a9u)]
    [InlineData("0x1F,delete", 0x1001fu)]
    [InlineData("GENERIC_READ", 0x120089u)]
    [InlineData("0x80000000", 0x120089u)]
    [InlineData("write_dac", 0x40000u)]
    public void Perms_InEveryForm_AreTheMask(string text, uint mask)
    {
        Assert.True(ObjectRights.File.TryParse(text, out uint parsed));
        Assert.Equal(mask, parsed);
    }

    [Theory]
    [InlineData(0x1f01ffu, "full")]
    [InlineData(0x1e01ffu, "full but DELETE")]
    [InlineData(0x1c01ffu, "full but DELETE,READ_CONTROL")]
    [InlineData(0x120089u, "read")]
    [InlineData(0x40000u, "WRITE_DAC")]
    [InlineData(0u, "none")]
    public void Mask_InWords_IsShort(uint mask, string words) => Assert.Equal(words, ObjectRights.File.Describe(mask));

    [Theory, Rule("CLI-013")]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("q")]
    [InlineData("rq")]
    [InlineData("read,")]
    [InlineData("0x")]
    [InlineData("0x0")]
    [InlineData("0x123456789")]
    [InlineData("SERVICE_START")]
    public void Perms_ThatNameNothing_AreRefused(string text) => Assert.False(ObjectRights.File.TryParse(text, out _));

    [Fact, Rule("CLI-027")]
    public void Check_Explained_NamesWhatDecided()
    {
        Assert.True(Sddl.TryParse(Rich, out byte[] descriptor, out _));
        SdObject target = new("SDDL", ObjectRights.File, descriptor, "");
        KacsDecision[] decisions = new KacsDecision[32];
        decisions[0] = new KacsDecision(KacsStep.DaclAce, true, 2);
        decisions[1] = new KacsDecision(KacsStep.Mic, false, 1);
        decisions[2] = new KacsDecision(KacsStep.DaclEnd, false, -1);
        decisions[24] = new KacsDecision(KacsStep.Privilege, true, -1);
        (ToolContext context, ToolRun run) = ToolRun.Context(new SdTool(), "check", "x", "0x1000007", "--explain");
        Assert.Equal(ExitCode.Failed, CheckCommand.Print(context, target, 0x1000007, new AccessVerdict(Errno.EACCES, 0x1000001), decisions));
        VerifiedFile.Verify(run.Out, "sd-check-explain");
    }

    [Theory, Rule("CLI-002")]
    [InlineData(0u, 0, 0, "yes\n")]
    [InlineData(0u, 13, 1, "no\n")]
    public void Check_Verdict_IsTheExitCode(uint granted, int errno, int code, string text)
    {
        Assert.True(Sddl.TryParse(Rich, out byte[] descriptor, out _));
        (ToolContext context, ToolRun run) = ToolRun.Context(new SdTool(), "check", "x", "r");
        Assert.Equal((ExitCode)code, CheckCommand.Print(context, new SdObject("x", ObjectRights.File, descriptor, ""), 0x120089, new AccessVerdict(new Errno(errno), granted), []));
        Assert.Equal(text, run.Out);
    }

    [Theory]
    [InlineData(4, "D:(A;;FA;;;WD)", "r")]
    [InlineData(4, "O:SYD:(A;;FA;;;WD)", "zzz")]
    [InlineData(4, "O:SYD:(A;;FA;;;WD)", "r", "--intent", "both")]
    [InlineData(64, "O:SY", "r", "w")]
    public void Check_OfBadInput_NeverAsksTheKernel(int code, params string[] args) =>
        Assert.Equal(code, (int)ToolRun.Of("sd", ["check", .. args]).Code);

    private static string Show(string sddl, params string[] options)
    {
        (ToolContext context, ToolRun run) = ToolRun.Context(new SdTool(), ["show", sddl, .. options]);
        Assert.True(Sddl.TryParse(sddl, out byte[] descriptor, out SddlError error), error.ToString());
        Assert.Equal(ExitCode.Success, SdView.Print(context, new SdObject("SDDL", ObjectRights.File, descriptor, ""), SidNames.WellKnown(context.Raw)));
        return run.Out;
    }
}
