// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>The registry of a booted system, through regctl.</summary>
public sealed class RegistryTests : GuestTest
{
    private const int NotFound = 2;
    private const int Denied = 3;
    private const int Conflict = 6;

    public RegistryTests(BootedGuest booted)
        : base(booted)
    {
    }

    private CommandResult As(string? identity, string line) => Guest.Execute(GuestCommand.Shell(line) with { Identity = identity });

    [Fact]
    [Rule("CLI-018", "CLI-019", "LCS-258", "LCS-268")]
    public void Values_SetQueriedDeleted_BehaveAsTyped()
    {
        Guest.Shell(@"regctl new -p 'Machine\Software\Types'");
        Guest.Shell(@"regctl set machine/SOFTWARE/types Number 42");
        Guest.Shell(@"regctl set 'Machine\Software\Types' List 'multi:one,two'");
        Assert.Contains("\"type\":\"dword\",\"data\":42", Guest.Shell(@"regctl query --json 'Machine\Software\Types' number").Output, StringComparison.Ordinal);
        Assert.Contains("[\"one\",\"two\"]", Guest.Shell(@"regctl query --json 'Machine\Software\Types'").Output, StringComparison.Ordinal);
        Assert.Contains("Types", Guest.Shell(@"regctl list 'Machine\Software'").Output, StringComparison.Ordinal);

        Guest.Shell(@"regctl delete 'Machine\Software\Types' Number");

        Assert.Equal(NotFound, As(null, @"regctl query 'Machine\Software\Types' Number").ExitCode);
        Assert.Equal(NotFound, As(null, @"regctl delete 'Machine\Software\Types' Number").ExitCode);
    }

    [Fact]
    [Rule("LCS-127", "CLI-010", "CLI-002")]
    public void Keys_WithSubkeys_NeedRecursion()
    {
        Guest.Shell(@"regctl new -p 'Machine\Software\Tree\Leaf'");
        Assert.Equal(Conflict, As(null, @"regctl delete 'Machine\Software\Tree'").ExitCode);
        Assert.Equal(64, As(null, @"regctl delete -r 'Machine\Software\Tree' </dev/null").ExitCode);

        Guest.Shell(@"regctl delete -r -y 'Machine\Software\Tree'");

        Assert.Equal(NotFound, As(null, @"regctl info 'Machine\Software\Tree'").ExitCode);
    }

    [Fact]
    [Rule("LCS-137", "LCS-138", "LCS-145", "LOREG-009")]
    public void LocalService_ReadsButDoesNotWrite()
    {
        Assert.Equal(0, As("LocalService", @"regctl query 'Machine\System\Boot'").ExitCode);
        CommandResult refused = As("LocalService", @"regctl set 'Machine\System\Boot' MaxParallelStarts 1");
        Assert.Equal(Denied, refused.ExitCode);
        Assert.Contains("EACCES", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(Denied, As("LocalService", @"regctl new 'Machine\System\Mine'").ExitCode);
    }

    [Fact]
    [Rule("LCS-091", "LCS-093", "LCS-294")]
    public void KeyDescriptor_DecidesForItsKey()
    {
        Guest.Shell(@"regctl new -p 'Machine\Software\Guarded'");
        Guest.Shell(@"regctl sd 'Machine\Software\Guarded' 'D:P(A;;KA;;;SY)'");
        Assert.Equal(Denied, As("LocalService", @"regctl query 'Machine\Software\Guarded'").ExitCode);

        Guest.Shell(@"regctl sd 'Machine\Software\Guarded' 'D:P(A;;KA;;;SY)(A;;KA;;;LS)'");

        Assert.Equal(0, As("LocalService", @"regctl set 'Machine\Software\Guarded' Mine sz:yes").ExitCode);
        // The key lets it write; naming the layer asks the layer too.
        Assert.Equal(Denied, As("LocalService", @"regctl set --layer base 'Machine\Software\Guarded' Mine sz:no").ExitCode);
        Assert.Contains("yes", Guest.Shell(@"regctl query 'Machine\Software\Guarded' Mine").Output, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("LOREG-012", "LOREG-014", "RSI-029", "RSI-031", "LCS-046", "LCS-194", "LCS-317")]
    public void SecondSource_KilledWith9_ResumesWithEverythingAcknowledged()
    {
        const string serve = "setsid registryd Chaos=/var/tmp/chaos.regdb >/var/tmp/chaos.log 2>&1 & echo $! >/var/tmp/chaos.pid";
        Guest.Shell(serve);
        Guest.Eventually("the hive is served", () => As(null, "regctl info Chaos").ExitCode == 0);
        for (int i = 0; i < 10; i++)
        {
            Guest.Shell($"regctl set Chaos v{i} dword:{i}");
        }

        Guest.Shell(@"regctl new --volatile 'Chaos\Gone' && regctl set 'Chaos\Gone' v 1");

        Guest.Shell("kill -9 $(cat /var/tmp/chaos.pid)");
        Guest.Eventually("the hive is down", () => As(null, "regctl info Chaos").ExitCode == 5);
        Guest.Shell(serve);
        Guest.Eventually("the hive is served again", () => As(null, "regctl info Chaos").ExitCode == 0);

        string values = Guest.Shell("regctl query Chaos").Output;
        for (int i = 0; i < 10; i++)
        {
            Assert.Contains($"v{i} ", values, StringComparison.Ordinal);
        }

        Assert.Equal(NotFound, As(null, @"regctl info 'Chaos\Gone'").ExitCode);
        Guest.Shell("kill -9 $(cat /var/tmp/chaos.pid)");
    }

    // Three writers at once, so that the process dies with commits half done and requests in its queue.
    [Fact]
    [Rule("LOREG-012", "LOREG-014", "LOREG-032")]
    public void SecondSource_KilledInAFlood_KeepsWhatItAcknowledged()
    {
        const string serve = "setsid registryd Flood=/var/tmp/flood.regdb >/var/tmp/flood.log 2>&1 & echo $! >/var/tmp/flood.pid";
        const string writers = """
            for w in 1 2 3; do
                setsid sh -c 'i=0; while regctl set Flood '$1'w'$w'n$i dword:$i; do echo $i >/var/tmp/flood.'$w'; i=$((i+1)); done; touch /var/tmp/flood.end'$w >/dev/null 2>&1 </dev/null &
            done
            """;
        for (int round = 0; round < 3; round++)
        {
            Guest.Shell(serve);
            Guest.Eventually("the hive is served", () => As(null, "regctl info Flood").ExitCode == 0);
            Guest.Shell("rm -f /var/tmp/flood.[123] /var/tmp/flood.end*");
            Guest.Shell($"set -- r{round}; {writers}");
            Guest.Eventually("every writer was answered", () => As(null, "test $(cat /var/tmp/flood.1) -gt 5 -a $(cat /var/tmp/flood.2) -gt 5 -a $(cat /var/tmp/flood.3) -gt 5").ExitCode == 0);
            Guest.Shell("kill -9 $(cat /var/tmp/flood.pid)");
            Guest.Eventually("the writers have ended", () => As(null, "test -e /var/tmp/flood.end1 -a -e /var/tmp/flood.end2 -a -e /var/tmp/flood.end3").ExitCode == 0);

            Guest.Shell(serve);
            Guest.Eventually("the hive is served again", () => As(null, "regctl info Flood").ExitCode == 0);
            string values = Guest.Shell("regctl query Flood").Output;
            for (int writer = 1; writer <= 3; writer++)
            {
                int last = int.Parse(Guest.Shell($"cat /var/tmp/flood.{writer}").Output, System.Globalization.CultureInfo.InvariantCulture);
                for (int i = 0; i <= last; i++)
                {
                    Assert.Contains($"r{round}w{writer}n{i} ", values, StringComparison.Ordinal);
                }
            }

            Guest.Shell("kill -9 $(cat /var/tmp/flood.pid)");
            Guest.Eventually("the hive is down", () => As(null, "regctl info Flood").ExitCode == 5);
        }
    }

    [Theory]
    [Rule("LOREG-049")]
    [InlineData("registryd Machine=/var/lib/registry/machine.regdb")]
    [InlineData("registryd --dangerously-clear-database Machine=/var/lib/registry/machine.regdb")]
    [InlineData("registryd --recover-from-backup Machine=/var/lib/registry/machine.regdb")]
    public void OfflineOption_BesideTheRunningRegistry_IsRefused(string command)
    {
        CommandResult refused = As(null, command);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("/var/lib/registry/machine.regdb is in use", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, As(null, "regctl info Machine").ExitCode);
    }

    // Whoever may write to one key may not take the registry down with it.
    [Fact]
    public void LocalService_FillsItsKey_OnlyItsOwnListEnds()
    {
        Guest.Shell(@"regctl new -p 'Machine\Software\Full' && regctl sd 'Machine\Software\Full' 'D:P(A;;KA;;;SY)(A;;KA;;;LS)'");
        // In portions: a command of the guest has a time limit.
        for (int from = 1; from <= 281; from += 40)
        {
            string fill = $"d=$(head -c 120000 /dev/zero | tr '\\0' x); for i in $(seq {from} {from + 39}); do regctl set 'Machine\\Software\\Full' v$i \"sz:$d\" >/dev/null || exit 9; done";
            Assert.Equal(0, As("LocalService", fill).ExitCode);
        }

        CommandResult list = As("LocalService", @"regctl query 'Machine\Software\Full'");
        Assert.Equal(1, list.ExitCode);
        Assert.Contains("ENOSPC", list.Errors, StringComparison.Ordinal);
        Assert.Equal(0, As("LocalService", @"regctl delete 'Machine\Software\Full' v1").ExitCode);
        Assert.Equal(0, As(null, @"regctl query 'Machine\System\Boot'").ExitCode);
        Assert.Contains("Full", Guest.Shell(@"regctl list 'Machine\Software'").Output, StringComparison.Ordinal);
        Guest.Shell(@"regctl delete 'Machine\Software\Full'");
    }

    [Fact]
    [Rule("CLI-007", "CLI-018")]
    public void Queries_OfATree_NameEveryKey()
    {
        Guest.Shell(@"regctl new -p 'Machine\Software\Deep\One\Two' && regctl set 'Machine\Software\Deep\One' v 1");
        string shown = Guest.Shell(@"regctl query -r --depth 1 'Machine\Software\Deep'").Output;
        Assert.Contains(@"[Machine\Software\Deep\One]", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Two", shown, StringComparison.Ordinal);
        Assert.Contains(@"[Machine\Software\Deep\One\Two]", Guest.Shell(@"regctl query -r 'Machine\Software\Deep'").Output, StringComparison.Ordinal);
        Assert.Matches(@"One +1 +1\b", Guest.Shell(@"regctl list 'Machine\Software\Deep'").Output);

        CommandResult layer = As(null, @"regctl set 'Machine\Software\Deep' v 1 --layer nope");
        Assert.Equal(NotFound, layer.ExitCode);
        Assert.Contains("layer nope does not exist", layer.Errors, StringComparison.Ordinal);
        Assert.Contains("the key above it does not exist", As(null, @"regctl new 'Machine\No\Such'").Errors, StringComparison.Ordinal);
        Guest.Shell(@"regctl delete -r -y 'Machine\Software\Deep'");
    }

    // A child that may not be read still shows with its figures (LCS-152, LCS-279).
    [Fact]
    [Rule("LCS-152", "LCS-279")]
    public void List_ChildThatMayNotBeRead_ShowsItsFigures()
    {
        Guest.Shell(@"regctl new -p 'Machine\Software\Listed\Open' && regctl new 'Machine\Software\Listed\Secret' && regctl set 'Machine\Software\Listed\Secret' v 1");
        Guest.Shell(@"regctl sd 'Machine\Software\Listed\Secret' 'D:P(A;;KA;;;SY)'");
        string listed = As("LocalService", @"regctl list 'Machine\Software\Listed'").Output;
        Assert.Matches(@"Open +0 +0\b", listed);
        Assert.Matches(@"Secret +1 +0\b", listed);
        Guest.Shell(@"regctl delete -r -y 'Machine\Software\Listed'");
    }

    [Fact]
    [Rule("CLI-006")]
    public void Names_WithControlCharacters_DriveNoTerminal()
    {
        Guest.Shell("""regctl new -p "$(printf 'Machine\\Software\\Odd\\a\033[2Jb')" && regctl set "$(printf 'Machine\\Software\\Odd\\a\033[2Jb')" "$(printf 'n\nm\302\233')" "$(printf 'sz:x\ry\033]0;t\007')" """);
        foreach (string command in (string[])[@"list 'Machine\Software\Odd'", @"query -r 'Machine\Software\Odd'", @"query -r --json 'Machine\Software\Odd'", @"list --json 'Machine\Software\Odd'"])
        {
            foreach (char c in Guest.Shell("regctl " + command).Output)
            {
                Assert.True(c == '\n' || !char.IsControl(c), $"{command}: U+{(int)c:X4}");
            }
        }

        CommandResult missing = As(null, """regctl query "$(printf 'Machine\\No\033[2J')" """);
        Assert.Equal(NotFound, missing.ExitCode);
        Assert.DoesNotContain('\u001b', missing.Errors);
        Guest.Shell(@"regctl delete -r -y 'Machine\Software\Odd'");
    }

    [Fact]
    [Rule("LOREG-006", "LOREG-049")]
    public void DamagedHive_IsRefusedAndRecovered()
    {
        Guest.Shell("printf '[A]\\nv = 1\\n' >/var/tmp/seed.toml && registryd --import /var/tmp/seed.toml D=/var/tmp/d.regdb");
        Guest.Shell("cp /var/tmp/d.regdb /var/tmp/d.regdb.bak && dd if=/dev/urandom of=/var/tmp/d.regdb bs=4096 count=4 conv=notrunc 2>/dev/null");
        CommandResult refused = As(null, "registryd D=/var/tmp/d.regdb");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("/var/tmp/d.regdb", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("--recover-from-backup", refused.Errors, StringComparison.Ordinal);

        Guest.Shell("registryd --recover-from-backup D=/var/tmp/d.regdb");

        Assert.Contains("v  type=4", Guest.Shell("registryd --inspector D=/var/tmp/d.regdb").Output, StringComparison.Ordinal);
    }
}
