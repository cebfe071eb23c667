// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm.Events;

/// <summary>What fails under eventd in the booted system, and what a person sees of it.</summary>
public sealed class EventdFailureTests
{
    private const string FillDisk =
        "for size in 256M 16M 1M 64k 4k; do n=0; while fallocate -l $size /var/tmp/fill.$size.$n 2>/dev/null; do n=$((n+1)); done; rm -f /var/tmp/fill.$size.$n; done";

    [Fact]
    [Rule("EVT-260", "EVT-261")]
    public void DiskFull_IsSaid_CountedExactly_AndOverOnceThereIsRoom()
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "events-full", Processors = 2, MemoryMegabytes = 2048 });
        guest.Eventually("eventd answers", () => guest.Execute(GuestCommand.Shell("evctl events --json -n 1")).ExitCode == 0);
        EventFlood flood = new(guest, burst: 40, pauseMs: 50);
        guest.Shell(FillDisk);
        flood.WaitForMore(8000);
        guest.Shell("rm /var/tmp/fill.*");
        string Errors() => guest.Execute(GuestCommand.Shell("evctl events synthetic.storage_error --json")).Output;
        guest.Eventually("the failure is recorded", () => Errors().Contains("disk is full", StringComparison.Ordinal));
        flood.WaitForMore(500);
        Dictionary<int, long> taken = flood.Stop();
        guest.Eventually("the rings' table counts what is lost", () => EventFlood.Rings(guest, "gaps", askEventd: true).Sum() > 0);
        EventCrashTests.AssertComplete(guest, taken, "a full disk");
    }
}
