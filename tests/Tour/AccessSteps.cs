// SPDX-License-Identifier: MIT
using System;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>Identity: who services are, and what a descriptor refuses them.</summary>
internal static class AccessSteps
{
    public static void Run(Guest guest, Transcript transcript)
    {
        transcript.Step("A refusal", "The service's descriptor grants start and stop to SYSTEM and Administrators; LocalService is neither.");
        CommandResult refused = transcript.ShowAs("LocalService", "web", "svctl stop redis");
        transcript.Require(refused.ExitCode == 3, "svctl says that it was denied (exit 3)");
        transcript.Require(BootSteps.AskRedis("PING\r\n") == "+PONG\r\n", "redis still runs");
        guest.Eventually("the refusal is stored", () => EventSteps.Find(guest, "access.denied").Contains("redis", StringComparison.Ordinal));
        string denied = transcript.Show("evctl events access.denied --json");
        transcript.Require(denied.Contains("S-1-5-19", StringComparison.Ordinal), "the event names the caller (S-1-5-19 is LocalService)");
        transcript.Require(denied.Contains("redis", StringComparison.Ordinal), "it names the target");
        transcript.Require(denied.Contains("right", StringComparison.Ordinal), "it names the right");

        transcript.Step("Two services, two identities", "The same principal, LocalService, but each service has a SID of its own (S-1-5-80-...).");
        string redis = transcript.Show("idn user --pid $(pidof redis-server); idn groups --pid $(pidof redis-server)");
        string nginx = transcript.Show("idn user --pid $(pidof nginx | awk '{ print $NF }'); idn groups --pid $(pidof nginx | awk '{ print $NF }')");
        transcript.Require(HasServiceSid(redis, "redis") && !HasServiceSid(redis, "nginx"), "redis has its own service SID");
        transcript.Require(HasServiceSid(nginx, "nginx") && !HasServiceSid(nginx, "redis"), "and so has nginx");
    }

    // idn names service SIDs after their service.
    private static bool HasServiceSid(string groups, string service) => groups.Contains($@"SERVICE\{service} ", StringComparison.Ordinal);
}
