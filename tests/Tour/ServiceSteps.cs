// SPDX-License-Identifier: MIT
using System;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>Supervision: a crash and the restart, a stop and a start by command.</summary>
internal static class ServiceSteps
{
    public static void Run(Guest guest, Transcript transcript)
    {
        transcript.Step("kill -9 of redis", "peinit sees the exit, restarts it after its delay, and waits for its READY=1 again.");
        transcript.Show("redis-cli set survivor yes");
        string before = transcript.Show("pidof redis-server").Trim();
        transcript.Show($"kill -9 {before}");
        guest.Eventually("redis answers again", () => guest.Execute(new GuestCommand("/bin/redis-cli", "get", "survivor")).Output == "yes\n");
        transcript.Show("svctl status redis");
        string after = transcript.Show("pidof redis-server").Trim();
        transcript.Require(before != after, $"redis runs again (pid {before} -> {after}) and kept what it had acknowledged");

        transcript.Step("Stop and start", "Each command is an operation with an ID; svctl waits for its end.");
        transcript.Show("svctl stop nginx");
        string stopped = transcript.Show("svctl list");
        transcript.Require(BootSteps.HasState(stopped, "nginx", "inactive"), "nginx has stopped");
        transcript.Show("svctl start nginx");
        string started = transcript.Show("svctl list");
        transcript.Require(BootSteps.HasState(started, "nginx", "active"), "nginx is back");
    }
}
