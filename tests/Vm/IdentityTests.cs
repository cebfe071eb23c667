// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Peios.Security;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Accounts, claims, sessions and tokens of a running system, through lpsd, authd and idn.</summary>
public sealed class IdentityTests : GuestTest
{
    private const string Lpsd = "/run/lpsd/lpsd.sock";
    private const string Authd = "/run/authd/authd.sock";

    public IdentityTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("LPS-031", "LPS-048", "LPS-049", "LPS-054", "LPS-055", "LPS-024")]
    public void Account_SetDisabledRemoved_LeavesEvents()
    {
        Ok(Lpsd, "{\"command\":\"add\",\"name\":\"carol\",\"kind\":\"user\",\"flags\":[\"NO_PASSWORD\"]}");
        Ok(Lpsd, "{\"command\":\"set\",\"name\":\"carol\",\"display_name\":\"Carol C.\",\"shell\":\"/bin/bash\"}");
        Assert.Contains("Carol C.", Ok(Lpsd, "{\"command\":\"show\",\"name\":\"carol\"}"), StringComparison.Ordinal);
        Assert.Contains("carol:x:", Guest.ReadText("/etc/passwd"), StringComparison.Ordinal);
        Assert.Contains("/bin/bash", Guest.ReadText("/etc/passwd"), StringComparison.Ordinal);
        Ok(Lpsd, "{\"command\":\"disable\",\"name\":\"carol\"}");
        Assert.Contains("DISABLED", Ok(Lpsd, "{\"command\":\"show\",\"name\":\"carol\"}"), StringComparison.Ordinal);
        Assert.Contains("PROTECTED", Ask(Lpsd, "{\"command\":\"remove\",\"name\":\"Guest\"}"), StringComparison.Ordinal);
        Ok(Lpsd, "{\"command\":\"remove\",\"name\":\"carol\"}");
        Assert.Contains("NOT_FOUND", Ask(Lpsd, "{\"command\":\"show\",\"name\":\"carol\"}"), StringComparison.Ordinal);
        Assert.DoesNotContain("carol", Guest.ReadText("/etc/passwd"), StringComparison.Ordinal);
        foreach (string action in (string[])["add", "set", "disable", "remove"])
        {
            Guest.Eventually($"the event of {action} is stored", () =>
                Guest.Shell("evctl events 'lpsd.principal' --json").Output.Contains($"\"action\":\"{action}\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    [Rule("LPS-033", "AUTH-048", "CLI-023", "KACS-FMT-122", "KACS-FMT-115")]
    public void Claim_OfAServiceAccount_DecidesAConditionalAce()
    {
        Ok(Lpsd, "{\"command\":\"add\",\"name\":\"worker\",\"kind\":\"service\"}");
        Guest.Shell(@"regctl new -p 'Machine\Software\Claimed'");
        Guest.Shell(@"sd set 'reg:Machine\Software\Claimed' 'D:P(A;;KA;;;SY)(XA;;KR;;;WD;(@User.Clearance >= 3))'");
        const string query = @"regctl query 'Machine\Software\Claimed'";
        Assert.Equal(3, As("worker", query).ExitCode);

        Ok(Lpsd, "{\"command\":\"claim-set\",\"name\":\"worker\",\"claim\":\"Clearance\",\"type\":\"int64\",\"values\":[3]}");

        Assert.Contains("Clearance", As("worker", "idn claims").Output, StringComparison.Ordinal);
        Assert.Equal(0, As("worker", query).ExitCode);
        Assert.Equal(3, As("LocalService", query).ExitCode);
        Assert.Contains("XA;;KR;;;WD", As("worker", @"sd check 'reg:Machine\Software\Claimed' r --explain 2>&1; true").Output + Guest.Shell(@"sd explain 'reg:Machine\Software\Claimed'").Output, StringComparison.Ordinal);
        Ok(Lpsd, "{\"command\":\"claim-remove\",\"name\":\"worker\",\"claim\":\"clearance\"}");
        Assert.Equal(3, As("worker", query).ExitCode);
        Ok(Lpsd, "{\"command\":\"disable\",\"name\":\"worker\"}");
        Assert.Contains("DISABLED", Ask(Authd, "{\"command\":\"service-token\",\"identity\":\"worker\",\"service\":\"w\"}"), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("AUTH-021", "AUTH-023", "CLI-023")]
    public void Sessions_AreListed_AndOthersSeeTheirOwn()
    {
        using JsonDocument all = JsonDocument.Parse(Guest.Shell("idn sessions list --json").Output);
        Assert.False(all.RootElement.GetProperty("partial").GetBoolean());
        Assert.True(Users(all).Contains("S-1-5-18") && Users(all).Contains("S-1-5-19"));
        using JsonDocument own = JsonDocument.Parse(As("LocalService", "idn sessions list --json").Output);
        Assert.All(Users(own), static user => Assert.Equal("S-1-5-19", user));
        Assert.Contains("SYSTEM", Guest.Shell("idn sessions show 0").Output, StringComparison.Ordinal);
        Assert.Equal(2, As(null, "idn sessions show 999999").ExitCode);
    }

    [Fact]
    [Rule("AUTH-024", "AUTH-021", "CLI-023")]
    public void Preview_ShowsWhatWouldBeMinted_ToAdministratorsOnly()
    {
        Ok(Lpsd, "{\"command\":\"add\",\"name\":\"dave\",\"kind\":\"user\",\"flags\":[\"NO_PASSWORD\"]}");
        Ok(Lpsd, "{\"command\":\"group-add\",\"group\":\"Administrators\",\"member\":\"dave\"}");
        string shown = Guest.Shell("idn preview dave --console").Output;
        Assert.Contains("limited", shown, StringComparison.Ordinal);
        Assert.Contains("full", shown, StringComparison.Ordinal);
        Assert.Contains("deny-only", shown, StringComparison.Ordinal);
        using JsonDocument tokens = JsonDocument.Parse(Guest.Shell("idn preview LocalService --type service --service web --json").Output);
        Assert.Equal("0x820a00000", tokens.RootElement[0].GetProperty("privs_present").GetString());
        Assert.Equal(3, As("LocalService", "idn preview dave").ExitCode);
        Assert.Equal(2, As(null, "idn preview nobody-of-that-name").ExitCode);
    }

    [Fact]
    [Rule("CLI-023", "KACS-TOK-066", "KACS-TOK-080")]
    public void Idn_LooksAtTokens_AndChangesThem()
    {
        Assert.Equal(("none\n", 1), Output(As(null, "idn linked")));
        Assert.Equal(1, As(null, "idn compare self 1 >/dev/null; idn compare 1 $(pidof redis-server)").ExitCode);
        Assert.Contains("SeAuditPrivilege", Guest.Shell("idn privs").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("SeAuditPrivilege", Guest.Shell("idn adjust privs SeAudit=removed").Output, StringComparison.Ordinal);
        Assert.Equal(4, As(null, "idn adjust groups 0=off").ExitCode);
        Assert.Equal(("yes\n", 0), Output(As(null, "idn check --access reg:Machine r")));
        Assert.Equal(("no\n", 1), Output(As("LocalService", "idn check --access reg:Machine w")));
        Assert.Equal(3, As("LocalService", "idn adjust privs --pid 1 SeAudit=removed").ExitCode);
    }

    [Theory]
    [InlineData(Lpsd)]
    [InlineData(Authd)]
    [Rule("AUTH-005", "AUTH-011", "AUTH-014", "HAZ-036")]
    public void Sockets_HostileInput_GetsACodeAndHarmsNobody(string socket)
    {
        Random random = new(7);
        string[] commands = ["lookup", "resolve", "add", "set", "remove", "claim-set", "service-token", "preview", "list-sessions", "group-add", "set-sd", "show"];
        string[] values = ["null", "1", "-1", "\"\"", "\"S-1-5-18\"", "\"\\u0000\"", "[]", "[1]", "[\"a\"]", "{}", "true", "1e400", "\"" + new string('x', 5000) + "\"", "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]"];
        string[] fields = ["name", "sid", "names", "sids", "identity", "service", "claim", "type", "values", "flags", "group", "member", "sd", "user", "logon_type", "implicit", "id"];
        StringBuilder lines = new();
        for (int i = 0; i < 200; i++)
        {
            lines.Append($"{{\"command\":\"{commands[random.Next(commands.Length)]}\"");
            for (int n = random.Next(5); n > 0; n--)
            {
                lines.Append($",\"{fields[random.Next(fields.Length)]}\":{values[random.Next(values.Length)]}");
            }

            // One request in ten would end the connection; each batch is small so that the rest is heard.
            lines.Append("}\n");
            if (i % 10 == 9)
            {
                string answer = UnixSend.Send(Guest, socket, Encoding.UTF8.GetBytes(lines.ToString())).Output;
                Assert.All(answer.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => JsonDocument.Parse(line).RootElement.GetProperty("status"));
                Assert.DoesNotContain("INTERNAL", answer, StringComparison.Ordinal);
                lines.Clear();
            }
        }

        Assert.Contains("\"status\":\"ok\"", Ask(socket, "{\"command\":\"lookup\",\"sids\":[\"S-1-5-32-544\"]}"), StringComparison.Ordinal);
        Assert.DoesNotContain("failed unexpectedly", Guest.Shell("evctl logs lpsd authd 2>/dev/null || true").Output, StringComparison.Ordinal);
    }

    [Theory]
    [Rule("LPS-003", "LPS-005")]
    [InlineData(4, "/sbin/lpsd")]
    [InlineData(4, "/sbin/lpsd", "--check")]
    [InlineData(2, "/sbin/lpsd", "--frob")]
    public void Lpsd_BesideTheOneThatServes_EndsWithItsCode(int code, params string[] command) =>
        Assert.Equal(code, Guest.Execute(new GuestCommand(command)).ExitCode);

    [Fact]
    [Rule("CLI-005", "CLI-006")]
    public void Tools_OfARunningSystem_AreValidJson_AndFitEightyColumns()
    {
        foreach (string command in (string[])
            ["idn", "idn privs", "idn sessions list", "svctl list", "svctl list -l", "svctl status redis", @"regctl list 'Machine\System'",
             @"regctl query 'Machine\System\Boot'", @"sd show 'reg:Machine\System'"])
        {
            foreach (string line in Guest.Shell(command).Output.Split('\n'))
            {
                Assert.True(line.Length <= 80, $"{command}: {line}");
            }

            foreach (string line in Guest.Shell($"{command} --json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using JsonDocument document = JsonDocument.Parse(line);
            }
        }
    }

    [Theory]
    [InlineData("lpsd", "SeAudit SeChangeNotify SeCreateSymbolicLink")]
    [InlineData("authd", "SeAudit SeChangeNotify SeCreateSymbolicLink SeCreateToken SeDebug SeSecurity SeTcb")]
    [Rule("AUTH-001", "AUTH-015", "AUTH-016", "LPS-001", "LPS-002")]
    public void Daemon_RunsAsSystem_WithItsPrivilegesAlone(string daemon, string privileges)
    {
        Assert.Equal("755 666\n", Guest.Shell($"echo $(stat -c %a /run/{daemon}) $(stat -c %a /run/{daemon}/{daemon}.sock)").Output);
        Assert.Contains("S-1-5-18", Guest.Shell($"idn user --pid $(pidof {daemon})").Output, StringComparison.Ordinal);
        using JsonDocument held = JsonDocument.Parse(Guest.Shell($"idn privs --json --pid $(pidof {daemon})").Output);
        List<string> names = [];
        foreach (JsonElement privilege in held.RootElement.GetProperty("privileges").EnumerateArray())
        {
            names.Add(privilege.GetProperty("name").GetString()!.Replace("Privilege", "", StringComparison.Ordinal));
        }

        names.Sort(StringComparer.Ordinal);
        Assert.Equal(privileges, string.Join(' ', names));
    }

    [Fact]
    [Rule("AUTH-057", "AUTH-065", "AUTH-066")]
    public void ServiceToken_EachRefusal_IsOneEventWithItsReason()
    {
        Ok(Lpsd, "{\"command\":\"add\",\"name\":\"late\",\"kind\":\"service\",\"expires_at\":\"2020-01-01T00:00:00.000000Z\"}");
        Assert.Contains("EXPIRED", Ask(Authd, "{\"command\":\"service-token\",\"identity\":\"late\",\"service\":\"tooLate\"}"), StringComparison.Ordinal);
        Assert.Contains("NOT_ALLOWED", Ask(Authd, "{\"command\":\"service-token\",\"identity\":\"SYSTEM\",\"service\":\"tooHigh\"}"), StringComparison.Ordinal);
        Assert.Equal(3, As("LocalService", "idn preview late").ExitCode);
        foreach ((string service, string reason) in (ReadOnlySpan<(string, string)>)[("tooLate", "EXPIRED"), ("tooHigh", "NOT_ALLOWED")])
        {
            string[] found = [];
            Guest.Eventually($"the refusal of {service} is stored", () => (found = Events(service)).Length > 0);
            Assert.Contains($"\"reason\":\"{reason}\"", Assert.Single(found), StringComparison.Ordinal);
            Assert.Contains("\"success\":false", found[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    [Rule("LPS-055")]
    public void LpsdRefusals_AreEvents_AndATypedNameIsInNone()
    {
        Assert.Contains("NOT_FOUND", Ask(Lpsd, "{\"command\":\"remove\",\"name\":\"hunter2\"}"), StringComparison.Ordinal);
        Assert.Contains("ACCESS_DENIED", AskAs("LocalService", Lpsd, "{\"command\":\"add\",\"name\":\"mallory\",\"kind\":\"user\"}"), StringComparison.Ordinal);
        Assert.Contains("PROTECTED", Ask(Lpsd, "{\"command\":\"remove\",\"name\":\"machine$\"}"), StringComparison.Ordinal);

        string[] refused = [];
        Guest.Eventually("the last refusal is stored", () => Array.Exists(
            refused = Guest.Shell("evctl events lpsd.principal --json").Output.Split('\n'),
            static line => line.Contains("\"reason\":\"PROTECTED\"", StringComparison.Ordinal) && line.Contains("machine$", StringComparison.Ordinal)));
        Assert.Contains(refused, static line =>
            line.Contains("\"reason\":\"ACCESS_DENIED\"", StringComparison.Ordinal) && line.Contains("\"success\":false", StringComparison.Ordinal) &&
            line.Contains("\"action\":\"add\"", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", string.Join('\n', refused), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("LPS-046", "LPS-047", "AUTH-011")]
    public void PrincipalSelf_InAnAccountsDescriptor_IsThatAccountAlone()
    {
        Ok(Lpsd, "{\"command\":\"add\",\"name\":\"own\",\"kind\":\"service\"}");
        Ok(Lpsd, "{\"command\":\"add\",\"name\":\"other\",\"kind\":\"service\"}");
        Assert.True(Sddl.TryParse("O:SYG:SYD:(A;;0xf00ff;;;SY)(A;;0x1;;;AU)(A;;0x4;;;PS)", out byte[] descriptor, out _));
        foreach (string name in (string[])["own", "other"])
        {
            Ok(Lpsd, $"{{\"command\":\"set-sd\",\"name\":\"{name}\",\"sd\":\"{Convert.ToBase64String(descriptor)}\"}}");
        }

        Assert.Contains("\"ok\"", AskAs("own", Lpsd, "{\"command\":\"set\",\"name\":\"own\",\"description\":\"mine\"}"), StringComparison.Ordinal);
        Assert.Contains("ACCESS_DENIED", AskAs("own", Lpsd, "{\"command\":\"set\",\"name\":\"other\",\"description\":\"not mine\"}"), StringComparison.Ordinal);
        // Who may not change does not learn who is there.
        Assert.Contains("ACCESS_DENIED", AskAs("own", Lpsd, "{\"command\":\"set\",\"name\":\"nobodyAtAll\",\"description\":\"x\"}"), StringComparison.Ordinal);
        Assert.Contains("ACCESS_DENIED", AskAs("own", Lpsd, "{\"command\":\"remove\",\"name\":\"own\"}"), StringComparison.Ordinal);
        Assert.Contains("NOT_FOUND", Ask(Lpsd, "{\"command\":\"set\",\"name\":\"nobodyAtAll\",\"description\":\"x\"}"), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("CLI-008")]
    public void Tool_WhoseReaderHasGone_EndsSilently()
    {
        CommandResult result = As(null, "rm -f /tmp/pipe; mkfifo /tmp/pipe; (: </tmp/pipe) & exec 3>/tmp/pipe; wait; idn >&3; echo code $?");
        Assert.Equal(("code 0\n", ""), (result.Output, result.Errors));
    }

    [Fact]
    [Rule("AUTH-019", "AUTH-010", "AUTH-009")]
    public void AuthdsDescriptor_WhoseKeyAppearsLater_IsFollowed()
    {
        Assert.Equal(0, As("LocalService", "idn lookup SYSTEM").ExitCode);
        Assert.True(Sddl.TryParse("O:SYG:SYD:(A;;0xf00ff;;;SY)", out byte[] descriptor, out _));

        Guest.Shell(@"regctl new -p 'Machine\System\Authd'");
        Guest.Shell($@"regctl set 'Machine\System\Authd' Security hex:{Convert.ToHexStringLower(descriptor)}");

        Guest.Eventually("LocalService may ask no more", () => As("LocalService", "idn lookup SYSTEM").ExitCode == 3);
        Assert.Equal(0, As(null, "idn lookup SYSTEM").ExitCode);
        Guest.Shell(@"regctl delete 'Machine\System\Authd' Security");
        Guest.Eventually("it may again", () => As("LocalService", "idn lookup SYSTEM").ExitCode == 0);
    }

    [Fact]
    [Rule("AUTH-039", "KACS-TOK-121")]
    public void AnonymousInEveryone_SetInTheRegistry_ReachesTheKernel()
    {
        string program = UnixSend.Install(Guest, "anonymous");
        Assert.Equal("nobody\n", Guest.Shell(program).Output);

        Guest.Shell(@"regctl new -p 'Machine\System\Authd'; regctl set 'Machine\System\Authd' EveryoneIncludesAnonymous dword:1");

        Guest.Eventually("Anonymous is one of Everyone", () => Guest.Shell(program).Output == "everyone\n");
        Guest.Shell(@"regctl delete 'Machine\System\Authd' EveryoneIncludesAnonymous");
        Guest.Eventually("it no longer is", () => Guest.Shell(program).Output == "nobody\n");
    }

    private static (string Output, int ExitCode) Output(CommandResult result) => (result.Output, result.ExitCode);

    private static List<string> Users(JsonDocument document)
    {
        List<string> users = [];
        foreach (JsonElement session in document.RootElement.GetProperty("sessions").EnumerateArray())
        {
            users.Add(session.GetProperty("user_sid").GetString()!);
        }

        return users;
    }

    private CommandResult As(string? identity, string line) => Guest.Execute(GuestCommand.Shell(line) with { Identity = identity });

    private string Ask(string socket, string request) => UnixSend.Send(Guest, socket, Encoding.UTF8.GetBytes(request + "\n")).Output;

    private string AskAs(string identity, string socket, string request) =>
        Guest.Execute(new GuestCommand(UnixSend.Install(Guest, "unixsend"), socket) { Input = Encoding.UTF8.GetBytes(request + "\n"), Identity = identity }).Output;

    private string[] Events(string service) =>
        Array.FindAll(
            Guest.Shell("evctl events 'authd.service-token' --json").Output.Split('\n'),
            line => line.Contains($"\"service\":\"{service}\"", StringComparison.Ordinal));

    private string Ok(string socket, string request)
    {
        string answer = Ask(socket, request);
        Assert.Contains("\"status\":\"ok\"", answer, StringComparison.Ordinal);
        return answer;
    }
}
