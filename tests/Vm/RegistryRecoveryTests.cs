// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>A system whose registry file is damaged: it boots to a shell that says what to do, and that works.</summary>
public sealed class RegistryRecoveryTests
{
    private const string Hive = "/var/lib/registry/machine.regdb";

    [Theory]
    [Rule("LOREG-006", "LOREG-049", "LOREG-050", "PEINIT-028")]
    [InlineData($"dd if=/dev/urandom of={Hive} bs=4096 count=8 conv=notrunc")]
    [InlineData($"head -c 5000 {Hive} >/tmp/cut; cat /tmp/cut >{Hive}")]
    public void Boot_DamagedHive_EndsInRecoveryAndIsMended(string damage)
    {
        using Guest guest = Guest.Boot(new GuestOptions { Name = "damaged" });
        guest.Eventually("registryd has made its backup", () => guest.Execute(GuestCommand.Shell($"test -s {Hive}.bak")).ExitCode == 0);
        // The running registryd holds the file; what lies beside it must not mend it at the next start.
        guest.Shell($"{damage}; rm -f {Hive}-wal {Hive}-shm; sync");

        int after = guest.Console.Length;
        guest.StartAgain();
        guest.WaitForConsole("a SYSTEM shell follows", after);
        string console = guest.Console.Text[after..];
        Assert.Contains(Hive, console, StringComparison.Ordinal);
        Assert.Contains("--recover-from-backup", console, StringComparison.Ordinal);

        // The boot that ends here is the second, and counted once.
        after = guest.Console.Length;
        guest.Type("echo attempts $(cat /.peinit/boot-attempts)\n");
        guest.WaitForConsole("attempts 2\n", after);

        after = guest.Console.Length;
        guest.Type($"registryd --recover-from-backup Machine={Hive} && sync && echo all''done\n");
        guest.WaitForConsole("backup restored", after);
        guest.WaitForConsole("alldone", after);

        guest.BootAgain();
        Assert.Contains("redis", guest.Run("/usr/bin/svctl", "list").Output, StringComparison.Ordinal);
    }
}
