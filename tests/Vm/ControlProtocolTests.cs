// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>The control socket as a client without our tools sees it.</summary>
public sealed class ControlProtocolTests : GuestTest
{
    private const string Socket = "/run/peinit/control.sock";
    private const string Guid = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
    private const string Time = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$";

    public ControlProtocolTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("PEINIT-373", "PEINIT-374", "PEINIT-375", "PEINIT-376", "PEINIT-384")]
    public void Requests_OfOneConnection_AreAnsweredInOrderOneLineEach()
    {
        JsonObject[] answers = Ask(
            """{"command":"status","service":"redis","colour":"red"}""",
            """{"command":"nonsense"}""",
            """{"service":"nginx","command":"status"}""");

        Assert.Equal(["redis", null, "nginx"], answers.Select(a => (string?)a["service"]));
        Assert.Equal("UNKNOWN_COMMAND", (string?)answers[1]["code"]);
    }

    [Fact]
    [Rule("PEINIT-382", "PEINIT-383", "PEINIT-384", "PEINIT-401", "PEINIT-451")]
    public void Checks_FirstFailure_Answers()
    {
        string[] codes = [.. AskAs(
            "LocalService",
            """{"command":"nonsense","service":7}""",
            """{"command":"start","service":7}""",
            """{"command":"start","service":"ghost","wait":"x"}""",
            """{"command":"start","service":"ghost"}""",
            """{"command":"stop","service":"console"}""",
            """{"command":"operation-status","operation_id":"nothing"}""",
            """{"command":"operation-status","operation_id":"00000000-0000-4000-8000-000000000000"}""",
            """{"command":"shutdown"}""",
            """{"command":"shutdown","type":"sleep"}""",
            """{"command":"shutdown","type":"poweroff"}""",
            """{"command":"reload-config"}""").Select(a => (string?)a["code"] ?? "ok")];

        Assert.Equal(
            [
                "UNKNOWN_COMMAND", "INVALID_REQUEST", "INVALID_REQUEST", "SERVICE_NOT_FOUND", "ACCESS_DENIED", "INVALID_REQUEST",
                "OPERATION_NOT_FOUND", "INVALID_REQUEST", "INVALID_REQUEST", "ACCESS_DENIED", "ACCESS_DENIED",
            ],
            codes);
    }

    [Fact]
    [Rule("PEINIT-394", "PEINIT-396", "PEINIT-395", "PEINIT-145")]
    public void Status_OfARunningService_HasItsFields()
    {
        JsonObject redis = Ask("""{"command":"status","service":"REDIS"}""")[0];

        Assert.Equal(
            ["status", "service", "state", "cause", "status_text", "current_job", "current_operation", "health", "uptime_seconds", "description", "warnings"],
            Names(redis));
        Assert.Equal("redis", (string?)redis["service"]);
        Assert.Equal("active", (string?)redis["state"]);
        Assert.Equal("explicit_start", (string?)redis["cause"]);
        Assert.Equal("Ready to accept connections", (string?)redis["status_text"]);
        Assert.Equal("none", (string?)redis["health"]);
        Assert.Null(redis["current_operation"]);
        Assert.Empty(redis["warnings"]!.AsArray());
        JsonObject job = redis["current_job"]!.AsObject();
        Assert.Equal(["id", "type", "pid", "started_at", "identity"], Names(job));
        Assert.Matches(Guid, (string?)job["id"]);
        Assert.Equal("service_main", (string?)job["type"]);
        Assert.Equal("LocalService", (string?)job["identity"]);
        Assert.Matches(Time, (string?)job["started_at"]);
        Assert.Equal(Guest.Shell("pidof redis-server").Output.Trim(), job["pid"]!.ToString());
    }

    [Fact]
    [Rule("PEINIT-397", "PEINIT-394", "PEINIT-091")]
    public void Status_OfAServiceThatNeverStarted_HasNulls()
    {
        Define("idle", "ImagePath", "sz:/bin/true");

        JsonObject idle = Ask("""{"command":"status","service":"idle"}""")[0];

        Assert.Equal("inactive", (string?)idle["state"]);
        Assert.All(["cause", "status_text", "current_job", "current_operation", "uptime_seconds", "description"], name =>
        {
            Assert.True(idle.ContainsKey(name), name);
            Assert.Null(idle[name]);
        });
    }

    [Fact]
    [Rule("PEINIT-398", "PEINIT-399", "PEINIT-452")]
    public void List_IsOrdinalAndHoldsOnlyWhatTheCallerMaySee()
    {
        JsonArray all = Ask("""{"command":"list"}""")[0]["services"]!.AsArray();
        string[] names = [.. all.Select(s => (string)s!["service"]!)];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Contains("registryd", names);
        Assert.All(all, s => Assert.Equal(["service", "state", "cause", "pid", "uptime_seconds", "health", "description"], Names(s!.AsObject())));

        string denials = Denials();
        JsonObject none = AskAs("LocalService", """{"command":"list"}""")[0];
        Assert.Equal("ok", (string?)none["status"]);
        Assert.Empty(none["services"]!.AsArray());
        Assert.Equal(denials, Denials());
    }

    [Fact]
    [Rule("PEINIT-386", "PEINIT-400", "PEINIT-301", "PEINIT-304", "PEINIT-387")]
    public void Restart_GivesAnOperationThatCanBeAskedFor()
    {
        JsonObject restarted = Svctl("restart", "redis");
        Assert.Equal(["operation_id", "service", "state", "cause", "warnings"], Names(restarted));
        Assert.Equal("active", (string?)restarted["state"]);
        string id = (string)restarted["operation_id"]!;
        Assert.Matches(Guid, id);

        JsonObject operation = Ask($$"""{"command":"operation-status","operation_id":"{{id}}"}""")[0];
        Assert.Equal(
            ["status", "operation_id", "type", "service", "state", "source", "created_at", "started_at", "completed_at", "result", "merged_into"],
            Names(operation));
        Assert.Equal(["restart", "redis", "completed", "admin"], ((string[])["type", "service", "state", "source"]).Select(n => (string?)operation[n]));
        Assert.All(["created_at", "started_at", "completed_at"], n => Assert.Matches(Time, (string?)operation[n]));
        Assert.Null(operation["merged_into"]);

        JsonObject again = Svctl("start", "redis");
        Assert.Equal("active", (string?)again["state"]);
        Assert.NotEqual(id, (string?)again["operation_id"]);
    }

    [Fact]
    [Rule("PEINIT-383", "PEINIT-390", "PEINIT-284")]
    public void Start_ThatFails_NamesOperationStateCauseAndErrno()
    {
        Define("broken", "ImagePath", "sz:/no/such/program");

        JsonObject failed = Ask("""{"command":"start","service":"broken"}""")[0];

        Assert.Equal(["status", "code", "message", "operation_id", "service", "state", "cause", "errno"], Names(failed));
        Assert.Equal(["error", "OPERATION_FAILED", "failed", "pre_exec_failure"], ((string[])["status", "code", "state", "cause"]).Select(n => (string?)failed[n]));
        Assert.Equal(2, (int?)failed["errno"]);
    }

    [Fact]
    [Rule("PEINIT-385", "PEINIT-392")]
    public void Reset_ClearsAFailureAndNothingElse()
    {
        Define("spoiled", "ImagePath", "sz:/no/such/program");
        Assert.Equal("OPERATION_FAILED", (string?)Ask("""{"command":"start","service":"spoiled"}""")[0]["code"]);

        Assert.Equal(("inactive", "pre_exec_failure"), (State("spoiled", "reset"), (string?)Svctl("status", "spoiled")["cause"]));
        Assert.Equal("inactive", State("spoiled", "reset"));
        Assert.Equal("INVALID_STATE", (string?)Ask("""{"command":"reset","service":"redis"}""")[0]["code"]);
    }

    [Fact]
    [Rule("PEINIT-385", "PEINIT-388", "PEINIT-241", "PEINIT-386")]
    public void Wait_DefaultsToYesButForReload()
    {
        Assert.Equal("reloading", (string?)Ask("""{"command":"reload","service":"nginx"}""")[0]["state"]);
        Guest.Eventually("the reload is over", () => State("nginx") == "active");
        JsonObject reloaded = Svctl("reload", "nginx", "--wait");
        Assert.Equal("active", (string?)reloaded["state"]);
        Assert.Equal("advisory", (string?)reloaded["mode"]);

        Define("slow", "ImagePath", "sz:/bin/sh", "Arguments", "multi:-c,sleep 1", "Type", "dword:1", "RemainAfterExit", "dword:1");
        Assert.Equal("starting", (string?)Svctl("start", "slow", "--no-wait")["state"]);
        Assert.Equal("completed", (string?)Svctl("start", "slow")["state"]);
        Assert.Equal("inactive", (string?)Svctl("stop", "slow")["state"]);
    }

    [Fact]
    [Rule("PEINIT-381", "PEINIT-388")]
    public void Client_ThatGoesAwayWhileItWaits_LeavesItsOperation()
    {
        Define("patient", "ImagePath", "sz:/bin/sh", "Arguments", "multi:-c,sleep 4", "Type", "dword:1", "RemainAfterExit", "dword:1");

        // The sender gives up after two silent seconds.
        Assert.Equal("", Send("""{"command":"start","service":"patient"}"""));
        Assert.Equal("starting", State("patient"));

        Guest.Eventually("the start completes", () => State("patient") == "completed");
    }

    [Fact]
    [Rule("PEINIT-379", "PEINIT-380", "PEINIT-473", "PEINIT-474")]
    public void Settings_Changed_HoldForTheNextUse()
    {
        const string init = @"Machine\System\Init";
        Define("long", "ImagePath", "sz:/bin/sh", "Arguments", "multi:-c,sleep 4", "Type", "dword:1", "RemainAfterExit", "dword:1");
        Guest.Run("/bin/regctl", "set", init, "ConnectionTimeout", "dword:1");
        Guest.Run("/bin/regctl", "set", init, "MaxRequestSize", "dword:100");
        Guest.Eventually("requests are short", () => Send("{\"command\":\"list\",\"x\":\"" + new string('x', 200) + "\"}").Contains("REQUEST_TOO_LARGE", StringComparison.Ordinal));

        // Idle after one second, but not while its request is in progress.
        Assert.Equal("completed", (string?)Svctl("start", "long")["state"]);

        Guest.Run("/bin/regctl", "set", init, "MaxRequestSize", "sz:many");
        Guest.Run("/bin/regctl", "set", init, "ConnectionTimeout", "dword:0");
        Guest.Eventually("the log names both", () =>
        {
            string log = Guest.Shell("evctl logs --json").Output;
            return log.Contains("MaxRequestSize must be", StringComparison.Ordinal) && log.Contains("ConnectionTimeout must be", StringComparison.Ordinal);
        });
        Assert.Single(Ask("{\"command\":\"list\",\"x\":\"" + new string('x', 200) + "\"}"));
        Guest.Run("/bin/regctl", "delete", init, "MaxRequestSize");
        Guest.Run("/bin/regctl", "delete", init, "ConnectionTimeout");
    }

    [Fact]
    [Rule("PEINIT-379")]
    public async Task Connections_OverTheLimit_AreRefusedButNotThoseOfSystem()
    {
        string program = UnixSend.Install(Guest, "unixsend");
        // Again and again: idle connections are closed.
        string many = $"for i in $(seq 1 40); do (until test -e /run/enough; do sleep 3 | {program} {Socket}; done) & done; wait";
        Task<CommandResult> flood = Guest.Begin(GuestCommand.Shell(many) with { Identity = "LocalService" });

        Guest.Eventually("some are refused", () => AskAs("LocalService", """{"command":"list"}""")[0]["code"]?.ToString() == "TOO_MANY_CONNECTIONS");
        Assert.Equal(0, Guest.Execute(GuestCommand.Shell("svctl list")).ExitCode);

        Guest.Shell("touch /run/enough");
        Assert.Contains("TOO_MANY_CONNECTIONS", (await flood).Output, StringComparison.Ordinal);
    }

    private static List<string> Names(JsonObject o) => [.. o.Select(p => p.Key)];

    private string State(string service, string command = "status") => (string)Svctl(command, service)["state"]!;

    private string Denials() => Guest.Shell("evctl logs --json | grep -c 'access denied' || true").Output;

    private JsonObject Svctl(params string[] arguments) =>
        JsonNode.Parse(Guest.Run(["/bin/svctl", .. arguments, "--json"]).Output)!.AsObject();

    private JsonObject[] Ask(params string[] requests) => Parse(Send(string.Join('\n', requests)));

    private JsonObject[] AskAs(string identity, params string[] requests)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', requests) + "\n");
        return Parse(Guest.Execute(new GuestCommand(UnixSend.Install(Guest, "unixsend"), Socket) { Input = bytes, Identity = identity }).Output);
    }

    private string Send(string line) => UnixSend.Send(Guest, Socket, Encoding.UTF8.GetBytes(line + "\n")).Output;

    private static JsonObject[] Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];

    private void Define(string name, params string[] values) => ServiceKeys.Define(Guest, name, values);
}
