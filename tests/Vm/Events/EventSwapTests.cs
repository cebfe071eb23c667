// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm.Events;

/// <summary>
/// The capacity of the rings is changed while producers on every CPU flood them. <c>PEIOS_EVENT_SWAPS</c> says how often;
/// the long run is in docs/testing.md.
/// </summary>
public sealed class EventSwapTests
{
    [Fact]
    [Rule("EVT-010", "EVT-011", "KMES-115", "KMES-126", "KMES-131")]
    public void Rings_SwappedDuringAFlood_StoreEveryEventOnceOrCountIt()
    {
        int swaps = int.Parse(Environment.GetEnvironmentVariable("PEIOS_EVENT_SWAPS") ?? "5", CultureInfo.InvariantCulture);
        using Guest guest = Guest.Boot(new GuestOptions { Name = "events-swap", Processors = 2, MemoryMegabytes = 2048 });
        guest.Eventually("eventd answers", () => guest.Execute(GuestCommand.Shell("evctl events --json -n 1")).ExitCode == 0);
        guest.Shell(@"regctl new -p 'Machine\System\KMES'");
        EventFlood flood = new(guest, burst: 40, pauseMs: 50);
        Random random = new(swaps);
        int before = 22; // 4 MiB, the default
        for (int i = 0; i < swaps; i++)
        {
            flood.WaitForMore(random.Next(1, 400));
            int size = before;
            while (size == before)
            {
                size = random.Next(16, 24);
            }

            List<long> generations = Generations(guest);
            guest.Shell(string.Create(CultureInfo.InvariantCulture, $@"regctl set 'Machine\System\KMES' BufferCapacity qword:{1L << size}"));
            guest.Eventually("every ring is a new one", () => IsNewer(Generations(guest), generations));
            before = size;
        }

        flood.WaitForMore(500);
        Dictionary<int, long> taken = flood.Stop();
        EventCrashTests.AssertComplete(guest, taken, $"{swaps} swaps");
    }

    private static bool IsNewer(List<long> now, List<long> before)
    {
        for (int i = 0; i < now.Count; i++)
        {
            if (now[i] <= before[i])
            {
                return false;
            }
        }

        return true;
    }

    private static List<long> Generations(Guest guest) => EventFlood.Rings(guest, "generation");
}
