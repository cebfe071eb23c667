// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>A disk without room: writes are refused, nothing acknowledged is lost, and all goes on when there is room.</summary>
public sealed class DiskTests
{
    [Fact]
    [Rule("LOREG-014")]
    public void FullDisk_RegistryWrite_IsRefusedAndServingGoesOn()
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "full" });
        guest.Shell(@"regctl new -p 'Machine\Software\Full' && regctl set 'Machine\Software\Full' Before sz:there");
        guest.Execute(GuestCommand.Shell("dd if=/dev/zero of=/fill bs=1M 2>/dev/null; dd if=/dev/zero of=/fill2 bs=4k 2>/dev/null; sync"));

        // A WAL has room left in its last pages; many values use it up.
        CommandResult refused = guest.Execute(GuestCommand.Shell(
            @"for i in $(seq 400); do regctl set 'Machine\Software\Full' v$i sz:$(head -c 3000 /dev/zero | tr '\0' x) || exit 9; done"));
        Assert.Equal(9, refused.ExitCode);
        Assert.Contains("there", guest.Shell(@"regctl query 'Machine\Software\Full' Before").Output, StringComparison.Ordinal);
        Assert.Equal(0, guest.Execute(GuestCommand.Shell("svctl list")).ExitCode);

        guest.Shell("rm -f /fill /fill2");
        guest.Shell(@"regctl set 'Machine\Software\Full' After sz:room");
    }
}
