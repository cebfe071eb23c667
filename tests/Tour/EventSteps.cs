// SPDX-License-Identifier: MIT
using System;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>An event from a program to the store and back, with the identity that the kernel stamped on it.</summary>
internal static class EventSteps
{
    public static void Run(Guest guest, Transcript transcript)
    {
        transcript.Step("An event", "The kernel writes it into a ring with the emitter's token and process GUIDs; eventd drains the ring.");
        transcript.Show("evctl emit tour.hello greeting=welcome");
        guest.Eventually("the event is stored", () => Find(guest, "tour.hello").Contains("tour.hello", StringComparison.Ordinal));
        string found = transcript.Show("evctl events tour.hello --json");
        transcript.Require(found.Contains("welcome", StringComparison.Ordinal), "its payload came back");
        transcript.Require(
            found.Contains("token_guid", StringComparison.Ordinal) && found.Contains("process_guid", StringComparison.Ordinal),
            "it carries the GUIDs of token and process");
    }

    /// <summary>Stored events of a type, as JSON lines; empty when eventd does not answer.</summary>
    public static string Find(Guest guest, string type) => guest.Execute(GuestCommand.Shell($"evctl events '{type}' --json")).Output;
}
