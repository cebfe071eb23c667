// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using Peios.Security;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Who may command a service: its own descriptor, one above it, or the default; changes count at once.</summary>
public sealed class ServiceSecurityTests : GuestTest
{
    private const string Services = @"Machine\System\Services";
    private const string Granting = "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;0x1;;;LS)";

    public ServiceSecurityTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Theory]
    [InlineData(Services)]
    [InlineData(@"Machine\System")]
    [InlineData("Machine")]
    [Rule("PEINIT-143", "PEINIT-149")]
    public void Descriptor_OfAnAncestor_RulesTheNextRequest(string key)
    {
        Assert.Equal(Denied, Status("boot-note"));

        Set(key, Granting);
        Guest.Eventually("it is granted", () => Status("boot-note") == Granted);

        Guest.Run("/bin/regctl", "delete", key, "ServiceSecurity");
        Guest.Eventually("it is denied again", () => Status("boot-note") == Denied);
    }

    [Fact]
    [Rule("PEINIT-142", "PEINIT-149", "PEINIT-154")]
    public void Descriptor_OfTheService_IsHotWhileItRuns()
    {
        const string key = Services + @"\redis";
        Set(key, Granting);
        Guest.Eventually("status is granted", () => Status("redis") == Granted);
        Assert.Equal(Denied, Guest.Execute(new GuestCommand("/bin/svctl", "stop", "redis") { Identity = "LocalService" }).ExitCode);

        Guest.Run("/bin/regctl", "delete", key, "ServiceSecurity");
        Guest.Eventually("status is denied", () => Status("redis") == Denied);
        Assert.Equal("PONG\n", Guest.Run("/bin/redis-cli", "ping").Output);
    }

    [Fact]
    [Rule("PEINIT-150")]
    public void Descriptor_Malformed_LastGoodOneStaysAndTheLogSaysSo()
    {
        Set(Services, Granting);
        Guest.Eventually("it is granted", () => Status("boot-note") == Granted);

        Guest.Run("/bin/regctl", "set", Services, "ServiceSecurity", "hex:00112233");
        Guest.Eventually("the log names it", () => Guest.Execute(GuestCommand.Shell("evctl logs --json")).Output.Contains("ServiceSecurity is no security descriptor", StringComparison.Ordinal));
        Assert.Equal(Granted, Status("boot-note"));

        Guest.Run("/bin/regctl", "delete", Services, "ServiceSecurity");
        Guest.Eventually("it is denied again", () => Status("boot-note") == Denied);
    }

    [Fact]
    [Rule("PEINIT-147", "PEINIT-151")]
    public void GenericRights_AndAudit_AreThoseOfServices()
    {
        const string key = Services + @"\nginx";
        Assert.Equal(Denied, Status("nginx"));
        Set(key, "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;GR;;;LS)S:(AU;SAFA;0xf000f;;;LS)");
        Guest.Eventually("reading is granted", () => Status("nginx") == Granted);
        Assert.Equal(Denied, Command("stop", "nginx"));
        Guest.Eventually("both are audited under the name of the service", () =>
        {
            string[] audited = Guest.Execute(new GuestCommand("/bin/evctl", "events", "access-audit", "--json")).Output.Split('\n');
            return audited.Any(line => Speaks(line, 1, true)) && audited.Any(line => Speaks(line, 4, false));
        });

        Set(key, "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;GX;;;LS)");
        Guest.Eventually("reading is denied", () => Status("nginx") == Denied);
        Assert.Equal(Granted, Command("restart", "nginx"));

        Set(key, "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;GW;;;LS)");
        Guest.Eventually("executing is denied", () => Command("restart", "nginx") == Denied);
        Assert.Equal(Denied, Status("nginx"));
        Set(key, "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;GA;;;LS)");
        Guest.Eventually("all is granted", () => Status("nginx") == Granted && Command("stop", "nginx") == Granted);

        Guest.Run("/bin/regctl", "delete", key, "ServiceSecurity");
        Guest.Run("/bin/svctl", "start", "nginx");

        static bool Speaks(string line, uint right, bool success) =>
            line.Length > 0 && JsonNode.Parse(line)!.AsObject() is JsonObject record && (uint)record["requested_access"]! == right
            && (bool)record["success"]! == success
            && (string?)record["object_context"]!["bin"] == Convert.ToBase64String("peinit:service:nginx"u8);
    }

    [Fact]
    [Rule("PEINIT-152", "PEINIT-153", "PEINIT-426")]
    public void Denials_InAFlood_AreLoggedWithCallerTargetAndRightButNotEachOne()
    {
        byte[] flood = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"command\":\"stop\",\"service\":\"nginx\"}\n", 200)));
        string program = UnixSend.Install(Guest, "unixsend");
        string answers = Guest.Execute(new GuestCommand(program, "/run/peinit/control.sock") { Input = flood, Identity = "LocalService" }).Output;
        Assert.Equal(200, answers.Split("ACCESS_DENIED").Length - 1);

        string lines = Guest.Shell("evctl logs --json | grep -c 'access denied: S-1-5-19 asked for SERVICE_STOP on nginx'").Output;
        Assert.InRange(int.Parse(lines, System.Globalization.CultureInfo.InvariantCulture), 1, 100);
        Guest.Eventually("the event names caller, target and right", () =>
        {
            string denied = Guest.Shell("evctl events access.denied --json -n 1").Output;
            return denied.Contains("SERVICE_STOP", StringComparison.Ordinal) && denied.Contains("nginx", StringComparison.Ordinal);
        });
    }

    private const int Granted = 0;

    // ACCESS_DENIED (CLI-002).
    private const int Denied = 3;

    private int Status(string service) => Command("status", service);

    private int Command(string command, string service) =>
        Guest.Execute(new GuestCommand("/bin/svctl", command, service) { Identity = "LocalService" }).ExitCode;

    private void Set(string key, string sddl)
    {
        Assert.True(Sddl.TryParse(sddl, out byte[] descriptor, out _));
        Guest.Run("/bin/regctl", "set", key, "ServiceSecurity", "hex:" + Convert.ToHexStringLower(descriptor));
    }
}
