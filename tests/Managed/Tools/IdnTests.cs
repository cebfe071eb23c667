// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Peios.Ipc;
using Peios.Security;
using Peios.Tests;
using Tools.Frame;
using Tools.Idn;
using Xunit;

namespace Tests.Managed.Tools;

public class IdnTests
{
    private static readonly SidNames s_names = SidNames.WellKnown();

    [Fact, Rule("CLI-023", "CLI-006")]
    public void Show_All_IsEveryClass()
    {
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "show", "--all");
        ShowCommand.Print(context, ServiceToken(), s_names);
        VerifiedFile.Verify(run.Out, "idn-show-all");
    }

    [Fact, Rule("CLI-023")]
    public void Show_ByDefault_IsTheShortListWithinEightyColumns()
    {
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool());
        ShowCommand.Print(context, ServiceToken(), s_names);
        Assert.All(run.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
        VerifiedFile.Verify(run.Out, "idn-show");
    }

    [Fact, Rule("CLI-005")]
    public void Show_AsJson_IsOneDocument()
    {
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "show", "--json");
        ShowCommand.Print(context, ServiceToken(), s_names);
        VerifiedFile.Verify(run.Out, "idn-show-json");
    }

    [Fact, Rule("CLI-023", "CLI-003")]
    public void Groups_AreListedWithTheirFlags()
    {
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "groups");
        PartCommands.PrintGroups(context, ServiceToken(), s_names);
        VerifiedFile.Verify(run.Out, "idn-groups");
    }

    [Fact, Rule("CLI-023")]
    public void Compare_ShowsWhatDiffersAndOnlyThat()
    {
        TokenView left = ServiceToken();
        TokenView right = left with
        {
            User = WellKnownSids.NetworkService,
            Groups = [.. left.Groups.Take(5)],
            Privileges = left.Privileges with { Present = left.Privileges.Present | Privilege.BindPrivilegedPort },
        };
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "compare", "1", "2");
        Assert.Equal(ExitCode.Failed, CompareCommand.Print(context, CompareCommand.Differences(left, right, s_names)));
        VerifiedFile.Verify(run.Out, "idn-compare");
        Assert.Empty(CompareCommand.Differences(left, left, s_names));
    }

    [Theory, Rule("CLI-023")]
    [InlineData("--group", "S-1-5-6", true)]
    [InlineData("--group", "Everyone", true)]
    [InlineData("--group", "BA", false)]
    [InlineData("--group", "BU", false)]
    [InlineData("--priv", "SeAuditPrivilege", false)]
    [InlineData("--priv", "ChangeNotify", true)]
    [InlineData("--priv", "SeTcb", false)]
    [InlineData("--level", "High", true)]
    [InlineData("--level", "16384", false)]
    public void Check_AnswersFromEnabledOnly(string option, string value, bool expected)
    {
        (ToolContext context, _) = ToolRun.Context(new IdnTool(), "check", option, value);
        Assert.Equal(expected, CheckCommand.Question(context, out _)!(ServiceToken()));
    }

    [Theory]
    [InlineData("--priv", "SeNothing")]
    [InlineData("--level", "-1")]
    [InlineData("--level", "huge")]
    public void Check_OfNonsense_IsInvalidInput(string option, string value)
    {
        ToolRun run = ToolRun.Of("idn", "check", option, value);
        Assert.Equal(ExitCode.InvalidInput, run.Code);
    }

    [Theory]
    [InlineData("idn", "check")]
    [InlineData("idn", "check", "--group", "BA", "--level", "High")]
    [InlineData("idn", "--self", "--real")]
    [InlineData("idn", "show", "extra")]
    public void CommandLine_ThatContradictsItself_IsAUsageError(string tool, params string[] args) =>
        Assert.Equal(ExitCode.Usage, ToolRun.Of(tool, args).Code);

    [Theory]
    [InlineData("0")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void Pid_ThatIsNone_IsInvalidInput(string pid) =>
        Assert.Equal(ExitCode.InvalidInput, ToolRun.Of("idn", "--pid", pid).Code);

    [Fact]
    public void Lookup_OfAHostileAnswer_PrintsNoControlCharacters()
    {
        byte[] line = Encoding.UTF8.GetBytes("{\"entries\":[{\"name\":\"a\\u001b[2J\",\"sid\":\"S-1-5-21-1-2-3-1000\",\"kind\":1},{}]}");
        Assert.True(JsonObject.TryParse(line, out JsonObject? answer, out _));
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "lookup", "a", "b", "c");
        Assert.Equal(ExitCode.NotFound, LookupCommand.Print(context, answer!));
        Assert.DoesNotContain('\e', run.Out);
    }

    [Fact, Rule("CLI-009")]
    public void Names_FromAuthd_BeatTheSid()
    {
        byte[] line = "{\"entries\":[{\"name\":\"SERVICE\\\\redis\",\"sid\":\"S-1-5-80-1-2-3-4-5\"},{\"name\":1}]}"u8.ToArray();
        Assert.True(JsonObject.TryParse(line, out JsonObject? answer, out _));
        SidNames names = SidNames.WellKnown();
        names.Take(answer!);
        Assert.Equal("SERVICE\\redis (S-1-5-80-1-2-3-4-5)", names.Full(new Sid(5, 80, 1, 2, 3, 4, 5)));
        Assert.Equal("S-1-5-18", SidNames.WellKnown(raw: true).Full(WellKnownSids.System));
    }

    [Fact, Rule("CLI-023")]
    public void Claims_AreListedWithTheirValues()
    {
        ClaimBuilder colours = new("Colour", ClaimType.String, 0x2);
        colours.AddString("red");
        colours.AddString("b\u001b[2Jlue");
        ClaimBuilder level = new("Level", ClaimType.Int64, 0x14);
        level.AddNumber(unchecked((ulong)-5));
        TokenView token = ServiceToken() with { UserClaims = Array(colours, level), DeviceClaims = Array(level) };
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "claims");
        ClaimsCommand.Print(context, token);
        (context, ToolRun json) = ToolRun.Context(new IdnTool(), "claims", "--json");
        ClaimsCommand.Print(context, token);
        VerifiedFile.Verify(run.Out + json.Out, "idn-claims");
    }

    [Theory, Rule("CLI-023")]
    [InlineData("SeAudit=enabled", true)]
    [InlineData("SeAuditPrivilege=disabled", true)]
    [InlineData("ChangeNotify=removed", true)]
    [InlineData("SeAudit=on", false)]
    [InlineData("SeAudit", false)]
    [InlineData("SeAudit=enabled=disabled", false)]
    [InlineData("SeNothing=enabled", false)]
    public void Adjust_Privilege_IsNameAndState(string operand, bool valid) => Assert.Equal(valid, AdjustCommand.TryPrivilege(operand, out _));

    [Theory, Rule("CLI-023")]
    [InlineData("0=on", true)]
    [InlineData("63=off", true)]
    [InlineData("64=off", false)]
    [InlineData("-1=on", false)]
    [InlineData("0=enabled", false)]
    [InlineData("0", false)]
    public void Adjust_Group_IsIndexAndState(string operand, bool valid) => Assert.Equal(valid, AdjustCommand.TryGroup(operand, out _));

    [Fact, Rule("CLI-024", "CLI-023")]
    public void Sessions_FromTheKernelsList_AreATable()
    {
        const string list =
            "session_id=0 user_sid=010100000000000512000000 logon_type=5 auth_package= created_at=1763600000000000000 dead=0\n" +
            "session_id=1007 user_sid=010100000000000513000000 logon_type=5 auth_package=6275696c74696e created_at=1763600001000000000 dead=1\n" +
            "session_id=x user_sid=00 dead=0\nnonsense\n";
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "sessions", "list");
        SessionsCommand.Print(context, SessionList.OfText(list), false, s_names);
        VerifiedFile.Verify(run.Out, "idn-sessions");
    }

    [Fact, Rule("CLI-024")]
    public void Sessions_ThatMayBeIncomplete_SaySo()
    {
        (ToolContext context, ToolRun run) = ToolRun.Context(new IdnTool(), "sessions", "list");
        SessionsCommand.Print(context, [], true, s_names);
        Assert.Contains("only sessions of visible processes", run.Error, StringComparison.Ordinal);
        (context, run) = ToolRun.Context(new IdnTool(), "sessions", "list", "--json");
        SessionsCommand.Print(context, [], true, s_names);
        Assert.Equal("{\"partial\":true,\"sessions\":[]}\n", run.Out);
    }

    [Theory]
    [InlineData("sessions", "show", "one")]
    [InlineData("sessions", "end", "+1")]
    [InlineData("adjust", "privs", "SeAudit=maybe")]
    [InlineData("adjust", "groups", "x=on")]
    [InlineData("preview", "alice", "--type", "telepathy")]
    public void Nonsense_IsInvalidInput_BeforeAnybodyIsAsked(params string[] args) =>
        Assert.Equal(ExitCode.InvalidInput, ToolRun.Of("idn", args).Code);

    [Theory]
    [InlineData("preview", "alice", "--type", "service")]
    [InlineData("preview", "alice", "--service", "web")]
    [InlineData("check", "--access", "reg:Machine")]
    [InlineData("check", "--level", "High", "r")]
    public void Options_ThatGoTogether_AreGivenTogether(params string[] args) => Assert.Equal(ExitCode.Usage, ToolRun.Of("idn", args).Code);

    private static byte[] Array(params ClaimBuilder[] claims)
    {
        List<byte> array = [];
        foreach (ClaimBuilder claim in claims)
        {
            Assert.True(claim.TryBuild(out byte[] entry));
            array.AddRange(BitConverter.GetBytes(entry.Length));
            array.AddRange(entry);
        }

        return [.. array];
    }

    private static TokenView ServiceToken() => new()
    {
        User = WellKnownSids.LocalService,
        Groups =
        [
            new(WellKnownSids.Users, GroupAttributes.UseForDenyOnly), new(WellKnownSids.Everyone), new(WellKnownSids.AuthenticatedUsers),
            new(WellKnownSids.Local), new(WellKnownSids.Service), new(ServiceSid.Of("jellyfin"), GroupAttributes.UsualOwner),
            new(WellKnownSids.Logon(1007), GroupAttributes.Usual | GroupAttributes.LogonId),
        ],
        Privileges = new TokenPrivileges(0x820a00000, 0x820800000, 0x820800000, 0x800000),
        Type = TokenType.Primary,
        Integrity = 12288,
        MandatoryPolicy = 1,
        Owner = ServiceSid.Of("jellyfin"),
        PrimaryGroup = WellKnownSids.LocalService,
        DefaultDacl = Dacl(),
        Source = new TokenSource("authd", 0),
        Statistics = new TokenStatistics(new Guid("01020304-0506-4708-890a-0b0c0d0e0f10"), 1007, 2, TokenType.Primary, 0),
        Elevation = ElevationType.Default,
        LogonType = LogonType.Service,
        LogonSid = WellKnownSids.Logon(1007),
        SupplementaryGids = [545],
    };

    private static byte[] Dacl()
    {
        Assert.True(new AclBuilder().Allow(ServiceSid.Of("jellyfin"), AccessMask.GenericAll).Allow(WellKnownSids.System, AccessMask.GenericAll).TryBuild(out byte[] acl));
        return acl;
    }
}
