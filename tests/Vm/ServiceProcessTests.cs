// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Peios.Security;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>What processes of services find when they begin, and what becomes of what they say.</summary>
public sealed class ServiceProcessTests : GuestTest
{
    public ServiceProcessTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("PEINIT-020", "PEINIT-193", "PEINIT-194", "PEINIT-196", "PEINIT-197", "PEINIT-411", "PEINIT-412")]
    public void Environment_OfMainAndHook_IsCompleteAndNothingElse()
    {
        ServiceKeys.Define(
            Guest, "envy", "ImagePath", "sz:/bin/busybox", "Arguments", "multi:env", "Type", "dword:1", "RemainAfterExit", "dword:1",
            "Environment", "multi:HOME=/var/tmp,COLOUR=red,PEIOS_SERVICE=other", "ExecStartPre", "multi:/bin/busybox env");
        Guest.Run("/bin/svctl", "start", "envy");

        string[] both =
        [
            "COLOUR=red", "HOME=/var/tmp", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PEIOS_BOOT_ID=" + Guest.ReadText("/run/peinit/boot-id").TrimEnd(), "PEIOS_SERVICE=envy",
        ];
        Assert.Equal([.. both.Append("NOTIFY_SOCKET=/run/peinit/notify.sock").Order(StringComparer.Ordinal)], Said("envy", both.Length + 1));
        Assert.Equal(both, Said("envy/ExecStartPre[0]", both.Length));
    }

    [Fact]
    [Rule("PEINIT-169", "PEINIT-183")]
    public void Process_BeforeItsFirstInstruction_IsInItsCgroup()
    {
        ServiceKeys.Define(
            Guest, "where", "ImagePath", "sz:/bin/busybox", "Arguments", "multi:cat,/proc/self/cgroup", "Type", "dword:1",
            "ExecStartPre", "multi:/bin/busybox cat /proc/self/cgroup");
        Guest.Run("/bin/svctl", "start", "where");

        Assert.Equal(["0::/peinit/where/main"], Said("where", 1));
        Assert.Equal(["0::/peinit/where/hooks"], Said("where/ExecStartPre[0]", 1));
    }

    [Fact]
    [Rule("PEINIT-216", "PEINIT-395", "PEINIT-432")]
    public void Message_SentInTheLastMoment_Counts()
    {
        string program = UnixSend.Install(Guest, "notify");
        ServiceKeys.Define(Guest, "brief", "ImagePath", "sz:" + program, "Arguments", "multi:/run/peinit/notify.sock,0,READY=1\nSTATUS=last words");

        // It was ready before it was gone, so the start has reached its goal.
        for (int i = 0; i < 5; i++)
        {
            Guest.Execute(new GuestCommand("/bin/svctl", "start", "brief"));
            Guest.Eventually("it has failed", () => Status("brief")["state"]!.ToString() == "failed");
            Assert.Equal("last words", (string?)Status("brief")["status_text"]);
        }

        Assert.Equal(5, Guest.Shell("evctl logs peinit --json -n 1000").Output.Split("brief: Starting -> Active").Length - 1);
    }

    [Fact]
    [Rule("PEINIT-008", "PEINIT-155", "PEINIT-175", "PEINIT-448")]
    public async Task Registryd_ThatHangs_HoldsUpNoSupervision()
    {
        Guest.WaitForConsole("all services ready");
        string redis = Guest.Shell("pidof redis-server").Output;
        Guest.Shell("kill -STOP $(pidof registryd)");
        Task<CommandResult> reload = Guest.Begin(new GuestCommand("/bin/svctl", "reload-config"));
        Guest.Run("/bin/svctl", "list");
        Guest.Run("/bin/svctl", "list");
        Assert.False(reload.IsCompleted, "what needs the registry waits, and nobody else");

        Assert.Equal("active", (string?)Svctl("restart", "nginx")["state"]);
        Guest.Shell("kill -9 $(pidof redis-server)");
        Guest.Eventually("redis comes back", () => Guest.Execute(GuestCommand.Shell("pidof redis-server")).Output is { Length: > 1 } now && now != redis);

        Guest.Shell("kill -CONT $(pidof registryd)");
        Assert.Contains((await reload).ExitCode, (int[])[0, 1, 5]);
        Guest.Run("/bin/svctl", "reload-config");
    }

    [Fact]
    [Rule("PEINIT-039", "PEINIT-040", "PEINIT-124", "PEINIT-127")]
    public void Registryd_RunsAsCompiledIn()
    {
        string pid = Guest.Shell("pidof registryd").Output.Trim();
        Assert.Equal(
            "/usr/sbin/registryd\nMachine=/var/lib/registry/machine.regdb\nUsers=/var/lib/registry/users.regdb\n",
            Guest.Shell($"tr '\\0' '\\n' </proc/{pid}/cmdline").Output);
        Assert.Equal("0::/peinit/registryd/main\n", Guest.ReadText($"/proc/{pid}/cgroup"));
        Assert.Equal("-1000\n", Guest.ReadText($"/proc/{pid}/oom_score_adj"));
        Assert.Equal("SYSTEM", (string?)Status("registryd")["current_job"]!["identity"]);
        Assert.Contains("S-1-5-18", Guest.Shell($"idn user --pid {pid}").Output, StringComparison.Ordinal);
        Assert.Contains("S-1-5-80-3593071732-1666014828-967506459-673618303-1085857884", Guest.Shell($"idn groups --pid {pid} --json").Output, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("PEINIT-282", "PEINIT-286", "PEINIT-288", "PEINIT-424")]
    public void Job_IsThreeEvents()
    {
        ServiceKeys.Define(Guest, "recorded", "ImagePath", "sz:/bin/busybox", "Arguments", "multi:sh,-c,exit 3", "Identity", "sz:LocalService", "Type", "dword:1");
        Guest.Execute(new GuestCommand("/bin/svctl", "start", "recorded"));

        JsonObject ended = [];
        Guest.Eventually("its end is stored", () => Events("job.ended", "service", "\"recorded\"") is [var only] && (ended = only) is not null);
        string id = ended["job_id"]!.ToJsonString();
        JsonObject created = Assert.Single(Events("job.created", "job_id", id));
        JsonObject started = Assert.Single(Events("job.started", "job_id", id));
        Assert.Equal("recorded service_main /bin/busybox LocalService", Fields(created, "service", "type", "image_path", "identity"));
        Assert.Equal(created["operation_id"]!.ToJsonString(), ended["operation_id"]!.ToJsonString());
        Assert.Equal($"{ended["pid"]} recorded", Fields(started, "pid", "cgroup"));
        Assert.Equal(
            "recorded service_main failed LocalService /bin/busybox 3 null process_crash recorded 0",
            Fields(ended, "service", "type", "state", "identity", "image_path", "exit_code", "exit_signal", "failure_cause", "cgroup_id", "cgroup_gen"));
        Assert.Equal("""["sh","-c","exit 3"]""", ended["arguments"]!.ToJsonString());
        Assert.True((ulong)ended["created_at"]! <= (ulong)ended["started_at"]! && (ulong)ended["started_at"]! <= (ulong)ended["ended_at"]!);
        Assert.NotNull(ended["duration"]);

        // S-1-5-19, and no privilege that a LocalService must not have; the service SID is among the groups.
        JsonObject token = ended["token_summary"]!.AsObject();
        Assert.Equal("S-1-5-19", (string?)token["user_sid"]);
        Assert.Contains(Convert.ToBase64String(Binary(ServiceSid.Of("recorded"))), token["groups"]!.AsArray().Select(g => (string?)g!["bin"]));
        Assert.Equal(0UL, (ulong)token["privileges"]! & Privilege.LoadDriver);
    }

    [Fact]
    [Rule("PEINIT-010", "PEINIT-172", "PEINIT-173", "PEINIT-255")]
    public void Processes_ThatForkWithoutEnd_AreStoppedAndNobodyElseIsHarmed()
    {
        Guest.WaitForConsole("all services ready");
        string[] others = Pids();
        long before = Forks();
        ServiceKeys.Define(Guest, "bomb", "ImagePath", "sz:" + UnixSend.Install(Guest, "forkbomb"), "Arguments", "multi:20", "Identity", "sz:LocalService", "Readiness", "dword:1", "StopTimeout", "dword:1");

        Guest.Run("/bin/svctl", "start", "bomb");
        Guest.Eventually("it forks and forks", () => Forks() > before + 1000);
        Assert.Equal(others, Pids());
        Assert.Equal("PONG\n", Guest.Run("/bin/redis-cli", "ping").Output);
        Assert.Equal("active", (string?)Svctl("restart", "nginx")["state"]);

        Assert.Equal("inactive", (string?)Svctl("stop", "bomb")["state"]);
        Assert.Equal("", Guest.Shell("cat /sys/fs/cgroup/peinit/bomb/main/cgroup.procs 2>/dev/null || true").Output);
        Guest.Eventually("all are reaped", () => Guest.Shell("grep -l 'State:.*Z' /proc/[0-9]*/status 2>/dev/null | wc -l").Output.Trim() == "0");
        Assert.Equal(others, Pids());
    }

    private long Forks() => long.Parse(Guest.Shell("sed -n 's/^processes //p' /proc/stat").Output.Trim(), CultureInfo.InvariantCulture);

    private string[] Pids() =>
        [.. Svctl("list")["services"]!.AsArray().Where(s => (string?)s!["service"] is not ("bomb" or "nginx")).Select(s => $"{s!["service"]} {s["pid"]}")];

    private static string Fields(JsonObject record, params string[] names) => string.Join(' ', names.Select(name => record[name]?.ToString() ?? "null"));

    private static byte[] Binary(Sid sid)
    {
        byte[] bytes = new byte[Sid.MaxBinaryLength];
        return bytes[..sid.Write(bytes)];
    }

    private JsonObject[] Events(string type, string field, string value) =>
        [.. Guest.Execute(new GuestCommand("/bin/evctl", "events", type, "--json", "-n", "1000")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject()).Where(record => record[field]?.ToJsonString() == value)];

    private JsonObject Status(string service) => Svctl("status", service);

    private JsonObject Svctl(params string[] arguments) => JsonNode.Parse(Guest.Run(["/bin/svctl", .. arguments, "--json"]).Output)!.AsObject();

    private string[] Said(string origin, int lines)
    {
        List<string> said = [];
        Guest.Eventually($"{lines} lines of {origin} are stored", () =>
        {
            string[] records = Guest.Execute(new GuestCommand("/bin/evctl", "logs", origin, "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            said = [.. records.Select(record => (string)JsonNode.Parse(record)!["message"]!)];
            return said.Count >= lines;
        });
        said.Sort(StringComparer.Ordinal);
        return [.. said];
    }
}
