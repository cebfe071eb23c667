// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>kill -9 of the two daemons that hold state, with nothing lost.</summary>
internal static class ChaosSteps
{
    private const int Events = 20;

    public static void Run(Guest guest, Transcript transcript)
    {
        KillEventd(guest, transcript);
        KillRegistryd(guest, transcript);
    }

    private static void KillEventd(Guest guest, Transcript transcript)
    {
        transcript.Step("kill -9 of eventd", "Events go on into the kernel's rings; the new eventd takes up where the old one had stored.");
        transcript.Show($"for i in $(seq {Events / 2}); do evctl emit tour.chaos n=$i; done");
        transcript.Show("kill -9 $(pidof eventd)");
        transcript.Show($"for i in $(seq {(Events / 2) + 1} {Events}); do evctl emit tour.chaos n=$i; done");
        guest.Eventually("all events are stored", () => Count(guest) >= Events);
        transcript.Require(Count(guest) == Events, $"all {Events} events are there, once each");
    }

    private static int Count(Guest guest) =>
        EventSteps.Find(guest, "tour.chaos").Split('\n').Count(line => line.Contains("tour.chaos", StringComparison.Ordinal));

    private static void KillRegistryd(Guest guest, Transcript transcript)
    {
        transcript.Step("kill -9 of registryd", "Acknowledged values are on disk; callers get an error until it is back.");
        transcript.Show(@"regctl set 'Machine\Software\Tour' Durable sz:kept");
        transcript.Show("kill -9 $(pidof registryd)");
        const string query = @"regctl query 'Machine\Software\Tour' Durable";
        guest.Eventually("the registry answers again", () => guest.Execute(GuestCommand.Shell(query)).ExitCode == 0);
        transcript.Require(transcript.Show(query).Contains("kept", StringComparison.Ordinal), "the value is still there");
        transcript.Require(BootSteps.AskRedis("PING\r\n") == "+PONG\r\n", "no other service noticed");
    }
}
