// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Tools.Frame;
using Xunit;

namespace Peios.Tests.Tools;

public sealed class SvctlTests : IDisposable
{
    private const string Listing = """
        {"status":"ok","services":[{"service":"authd","state":"active","cause":"explicit_start","pid":12,"uptime_seconds":125,"health":"none","description":null},{"service":"web","state":"failed","cause":"process_crash","pid":null,"uptime_seconds":null,"health":"none","description":"x"}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("svctl").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Rule("CLI-014")]
    public void List_Short_IsAlignedTable()
    {
        (ExitCode code, string text, _, string request) = Run(Listing, "list");
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal("SERVICE  STATE   CAUSE\nauthd    active  explicit_start\nweb      failed  process_crash\n", text);
        Assert.Equal("{\"command\":\"list\"}", request);
    }

    [Fact]
    [Rule("CLI-014")]
    public void List_Long_HasPidAndUptime()
    {
        (_, string text, _, _) = Run(Listing, "list", "-l");
        Assert.Equal(
            "SERVICE  STATE   PID  UPTIME  HEALTH  CAUSE\nauthd    active   12   2m05s  none    explicit_start\nweb      failed    -       -  none    process_crash\n",
            text);
    }

    [Fact]
    [Rule("CLI-005")]
    public void List_Json_IsTheAnswerWithoutItsEnvelope()
    {
        (_, string text, _, _) = Run(Listing, "list", "--json");
        Assert.StartsWith("{\"services\":[{\"service\":\"authd\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"status\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [Rule("CLI-002")]
    [InlineData("ACCESS_DENIED", 3)]
    [InlineData("SERVICE_NOT_FOUND", 2)]
    [InlineData("OPERATION_FAILED", 1)]
    [InlineData("INVALID_STATE", 6)]
    [InlineData("SHUTTING_DOWN", 6)]
    [InlineData("TIMEOUT", 5)]
    [InlineData("VALIDATION_FAILED", 4)]
    [InlineData("SOMETHING_NEW", 1)]
    public void Start_Refused_ExitCodeFollowsTheCode(string code, int exit)
    {
        (ExitCode got, string text, string error, _) = Run($"{{\"status\":\"error\",\"code\":\"{code}\",\"message\":\"why\"}}", "start", "web");
        Assert.Equal((ExitCode)exit, got);
        Assert.Equal(string.Empty, text);
        Assert.StartsWith("svctl: why", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_OfNoService_SaysWhatToDo()
    {
        (_, _, string error, _) = Run("""{"status":"error","code":"SERVICE_NOT_FOUND","message":"there is no service web"}""", "start", "web");
        Assert.Contains("svctl list", error, StringComparison.Ordinal);
        Assert.Contains("svctl reload-config", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_WithErrors_SaysEachOnce()
    {
        (_, _, string one, _) = Run("""{"status":"error","code":"VALIDATION_FAILED","message":"bad","errors":["bad"]}""", "reload-config");
        (_, _, string two, _) = Run("""{"status":"error","code":"VALIDATION_FAILED","message":"a","errors":["a","b"]}""", "reload-config");
        Assert.Equal(("svctl: bad\n", "svctl: b\nsvctl: a\n"), (one, two));
    }

    [Fact]
    public void Stop_WithoutWaiting_NamesTheOperation()
    {
        const string answer = """{"status":"ok","operation_id":"0a8b3c7e-0000-4000-8000-000000000001","service":"web","state":"stopping"}""";
        Assert.Equal("web: stopping, operation 0a8b3c7e-0000-4000-8000-000000000001\n", Run(answer, "stop", "web", "--no-wait").Output);
        Assert.Equal("web: stopping\n", Run(answer, "stop", "web").Output);
    }

    [Fact]
    public void Op_NoGuid_IsRefusedWithoutAsking()
    {
        StringWriter error = new();
        Assert.Equal(ExitCode.InvalidInput, new ToolHost(new StringWriter(), error).Run("svctl", ["op", "1", "--socket", Path.Combine(_folder, "none")]));
        Assert.StartsWith("svctl: 1 is no operation", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--wait", "{\"command\":\"start\",\"service\":\"we\\u0022b\",\"wait\":true}")]
    [InlineData("--no-wait", "{\"command\":\"start\",\"service\":\"we\\u0022b\",\"wait\":false}")]
    [InlineData(null, "{\"command\":\"start\",\"service\":\"we\\u0022b\"}")]
    public void Start_Waiting_IsSentOnlyWhenAsked(string? option, string expected)
    {
        string[] arguments = option is null ? ["start", "we\"b"] : ["start", "we\"b", option];
        (_, _, _, string request) = Run("{\"status\":\"ok\",\"service\":\"web\",\"state\":\"active\"}", arguments);
        Assert.Equal(expected, request);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Answer_NotUnderstood_IsUnreachable(string answer) =>
        Assert.Equal(ExitCode.Unreachable, Run(answer, "status", "web").Code);

    [Fact]
    public void Peinit_NotThere_IsUnreachable()
    {
        StringWriter output = new();
        StringWriter error = new();
        Assert.Equal(ExitCode.Unreachable, new ToolHost(output, error).Run("svctl", ["list", "--socket", Path.Combine(_folder, "none")]));
        Assert.Contains("cannot reach peinit", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shutdown", "sideways")]
    [InlineData("start", "web", "--wait", "--no-wait")]
    public void Usage_Wrong_Is64(params string[] arguments)
    {
        StringWriter error = new();
        Assert.Equal(ExitCode.Usage, new ToolHost(new StringWriter(), error).Run("svctl", arguments));
    }

    [Fact]
    [Rule("CLI-017")]
    public void Reboot_Link_AsksForAReboot() =>
        Assert.Equal("{\"command\":\"shutdown\",\"type\":\"reboot\"}", RunAs("reboot", "{\"status\":\"ok\",\"type\":\"reboot\"}").Request);

    [Theory]
    [Rule("CLI-017")]
    [InlineData("poweroff", "now")]
    [InlineData("poweroff", "-h", "now")]
    [InlineData("poweroff", "-P", "now")]
    [InlineData("reboot", "-r", "now")]
    [InlineData("halt", "-H", "now")]
    public void Shutdown_AsHandsTypeIt_AsksForThat(string type, params string[] arguments) =>
        Assert.Equal(
            $"{{\"command\":\"shutdown\",\"type\":\"{type}\"}}",
            RunAs("shutdown", $"{{\"status\":\"ok\",\"type\":\"{type}\"}}", arguments).Request);

    [Theory]
    [Rule("CLI-017")]
    [InlineData]
    [InlineData("-h")]
    [InlineData("+5")]
    [InlineData("12:00")]
    [InlineData("-h", "-r", "now")]
    public void Shutdown_AnythingElse_IsAUsageError(params string[] arguments) =>
        Assert.Equal(ExitCode.Usage, new ToolHost(new StringWriter(), new StringWriter()).Run("shutdown", arguments));

    private (ExitCode Code, string Output, string Error, string Request) Run(string answer, params string[] arguments) =>
        RunAs("svctl", answer, arguments);

    // A peinit that answers one line with one line.
    private (ExitCode Code, string Output, string Error, string Request) RunAs(string tool, string answer, params string[] arguments)
    {
        string path = Path.Combine(_folder, "socket");
        File.Delete(path);
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<string> peinit = Task.Run(() =>
        {
            using Socket client = listener.Accept();
            byte[] buffer = new byte[4096];
            int length = client.Receive(buffer);
            _ = client.Send(Encoding.UTF8.GetBytes(answer.Trim() + "\n"));
            return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
        });
        StringWriter output = new();
        StringWriter error = new();
        ExitCode code = new ToolHost(output, error).Run(tool, [.. arguments, "--socket", path]);
        return (code, output.ToString(), error.ToString(), peinit.GetAwaiter().GetResult());
    }
}
