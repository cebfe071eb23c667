// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;
using Eventd;
using Peios.Interop;
using Tests.Managed.Tools;
using Tools.Frame;
using Xunit;

namespace Peios.Tests.Eventd;

public sealed class EvctlTests : IDisposable
{
    private readonly EventdFixture _f = new();
    private readonly Daemon _daemon;

    public EvctlTests()
    {
        _daemon = _f.Start();
        byte[] guid = new Guid("00112233-4455-6677-8899-aabbccddeeff").ToByteArray();
        byte[] sid = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        _f.Rings[0].Emit("app.one", [0x83, 0xa1, (byte)'n', 5, 0xaa, .. "caller_sid"u8, 0xc4, 12, .. sid, 0xa4, .. "guid"u8, 0xc4, 16, .. guid], timestamp: 1_000_000_000);
        _f.Rings[0].Emit("app.two", [0x81, 0xa1, (byte)'t', 0xa3, 0x1b, (byte)'[', (byte)'m'], timestamp: 2_000_000_000);
        EventdFixture.Until(() => _f.Query("EVENTS app.*").Count == 2, "two events");
    }

    public void Dispose()
    {
        _f.Stop(_daemon);
        _f.Dispose();
    }

    private ToolRun Run(params string[] args) => ToolRun.Of("evctl", ["--socket", _f.Settings.QuerySocketPath, .. args]);

    [Fact]
    [Rule("CLI-021")]
    public void Events_Pretty_IsOneRowEachWithoutControlCharacters()
    {
        ToolRun run = Run("events", "app.*");
        Assert.Equal(ExitCode.Success, run.Code);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("TIME", lines[0], StringComparison.Ordinal);
        Assert.Contains("app.two", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', run.Out);
        Assert.Contains("n=5 caller_sid=S-1-5-18 guid=00112233-4455-6677-8899-aabbccddeeff", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    [Rule("CLI-005", "CLI-022")]
    public void Events_Json_IsOneObjectALine()
    {
        ToolRun run = Run("--json", "events", "app.one");
        using JsonDocument record = JsonDocument.Parse(run.Out);
        Assert.Equal("S-1-5-18", record.RootElement.GetProperty("caller_sid").GetString());
        Assert.Equal("00112233-4455-6677-8899-aabbccddeeff", record.RootElement.GetProperty("guid").GetString());
        Assert.Equal("abababab-abab-abab-abab-abababababab", record.RootElement.GetProperty("process_guid").GetString());
        Assert.Equal(5, record.RootElement.GetProperty("n").GetInt32());
    }

    [Theory]
    [Rule("CLI-021")]
    [InlineData("EVENTS a* SINCE 5m ago TAKE 3 WHERE cpu_id == 1", "events", "a*", "--since", "5m ago", "-n", "3", "--where", "cpu_id == 1")]
    [InlineData("LOGS FROM \"redis\", \"a\\\"b\"", "logs", "redis", "a\"b")]
    [InlineData("EVENTS app.* STREAM TAKE 10", "follow", "app.*")]
    [InlineData("LOGS FROM \"nginx\" STREAM TAKE 10", "follow", "--logs", "nginx")]
    [InlineData("EVENTS x TAKE 1", "EVENTS x TAKE 1")]
    public void Shortcut_ShowsItsQuery(string query, params string[] args) =>
        Assert.Equal(query + "\n", Run(["--show-query", .. args]).Out);

    [Fact]
    [Rule("CLI-002", "CLI-007")]
    public void Failures_HaveTheirExitCodes()
    {
        Assert.Equal(ExitCode.InvalidInput, Run("EVENTS TAKE x").Code);
        Assert.Equal(ExitCode.Usage, Run("--format", "xml", "events").Code);
        Assert.Equal(ExitCode.Usage, Run("emit", "type", "novalue").Code);
        Assert.Equal(ExitCode.Unreachable, ToolRun.Of("evctl", "--socket", "/nonexistent/q.sock", "events").Code);
        _f.Judge.Peer = Errno.EACCES;
        ToolRun denied = Run("events");
        Assert.Equal(ExitCode.Denied, denied.Code);
        Assert.Equal(string.Empty, denied.Out);
        Assert.Equal("evctl: access denied: no token: permission denied (EACCES)\n", denied.Error);
    }

    [Fact]
    public void Logs_Pretty_MarksErrors()
    {
        _f.Log([0x83, 0xa6, .. "origin"u8, 0xa5, .. "redis"u8, 0xa8, .. "is_error"u8, 0xc3, 0xa7, .. "message"u8, 0xa4, .. "oops"u8]);
        EventdFixture.Until(() => _f.Query("LOGS").Count == 1, "a record");
        Assert.Matches(@"redis +! +oops\n$", Run("logs", "redis").Out);
    }
}
