// SPDX-License-Identifier: MIT
using System;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>The disk keeps its state over boots, orderly ones and others.</summary>
public sealed class PersistenceTests : IDisposable
{
    private const string Key = @"Machine\Software\Persistence";
    private readonly Guest _guest = Guest.Boot(new GuestOptions { Name = "persistence" });

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Disk_MachineKilled_KeepsWhatWasAcknowledged()
    {
        WriteEverywhere();

        _guest.Kill();
        _guest.BootAgain();

        AssertEverythingThere();
    }

    [Fact]
    public void Disk_OrderlyPowerOff_KeepsStateAndCountsBoots()
    {
        WriteEverywhere();

        _guest.WaitForConsole("peios:~#");
        _guest.Type("poweroff\r");
        _guest.WaitForEnd();
        _guest.BootAgain();

        AssertEverythingThere();
        _guest.Eventually("the Oneshot has counted this boot", () => _guest.Shell("cat /var/lib/demo/boots").Output == "2\n");
    }

    private void WriteEverywhere()
    {
        _guest.Eventually("redis runs", () => Redis("set", "kept", "yes") == "OK\n");
        _guest.Shell($"regctl new -p '{Key}' && regctl set '{Key}' Kept sz:yes");
        _guest.Shell("evctl emit persistence.test n=1");
        _guest.Eventually("the event is stored", FindEvent);
    }

    private void AssertEverythingThere()
    {
        Assert.Contains("yes", _guest.Shell($"regctl query '{Key}' Kept").Output, StringComparison.Ordinal);
        _guest.Eventually("eventd answers", FindEvent);
        _guest.Eventually("redis answers", () => Redis("get", "kept") == "yes\n");
    }

    private string Redis(params string[] arguments) => _guest.Execute(new GuestCommand(["/bin/redis-cli", .. arguments])).Output;

    private bool FindEvent() =>
        _guest.Execute(GuestCommand.Shell("evctl events persistence.test --json")).Output.Contains("persistence.test", StringComparison.Ordinal);
}
