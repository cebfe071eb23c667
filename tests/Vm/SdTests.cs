// SPDX-License-Identifier: MIT
using System;
using Peios.Tests;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>Descriptors of a running system, shown, explained and changed by sd: what it writes decides from then on.</summary>
public sealed class SdTests : GuestTest
{
    private const int No = 1;
    private const int NotFound = 2;
    private const int Denied = 3;

    public SdTests(BootedGuest booted)
        : base(booted)
    {
    }

    [Fact]
    [Rule("CLI-025", "CLI-026", "CLI-013")]
    public void Key_AllowedAndRemoved_DecidesAccordingly()
    {
        Key("Allow", "D:P(A;CI;KA;;;SY)");
        Assert.Equal(Denied, As("LocalService", Query("Allow")).ExitCode);

        Guest.Shell(@"sd allow 'reg:Machine\Software\Allow' LS:read");
        Assert.Equal(0, As("LocalService", Query("Allow")).ExitCode);
        Assert.Equal("D:P(A;CI;KA;;;SY)(A;CI;KR;;;LS)", Dacl("Allow"));

        Guest.Shell(@"sd deny 'reg:Machine\Software\Allow' LS:KEY_QUERY_VALUE");
        Assert.Equal(Denied, As("LocalService", Query("Allow")).ExitCode);
        Assert.StartsWith("D:P(D;", Dacl("Allow"), StringComparison.Ordinal);

        Guest.Shell(@"sd remove 'reg:Machine\Software\Allow' LS");
        Assert.Equal("D:P(A;CI;KA;;;SY)", Dacl("Allow"));
        Assert.Equal(NotFound, As(null, @"sd remove 'reg:Machine\Software\Allow' LS").ExitCode);
        Assert.Equal(6, As(null, @"sd remove 'reg:Machine\Software\Allow' SY").ExitCode);
    }

    [Fact]
    [Rule("KACS-FMT-096", "KACS-FMT-084", "CLI-010", "CLI-026")]
    public void Keys_BelowAChange_FollowByPropagation_UnlessProtected()
    {
        Key("Tree", "D:P(A;CI;KA;;;SY)");
        Guest.Shell(@"regctl new 'Machine\Software\Tree\Open'");
        Guest.Shell(@"regctl new 'Machine\Software\Tree\Open\Deep'");
        Guest.Shell(@"regctl new 'Machine\Software\Tree\Shut'");
        Guest.Shell(@"sd inherit off 'reg:Machine\Software\Tree\Shut'");
        Guest.Shell(@"sd allow 'reg:Machine\Software\Tree' LS:r");
        Assert.Equal(Denied, As("LocalService", Query(@"Tree\Open")).ExitCode);
        Assert.Equal(64, As(null, @"sd propagate 'reg:Machine\Software\Tree' </dev/null").ExitCode);

        Guest.Shell(@"sd propagate -y 'reg:Machine\Software\Tree'");

        Assert.Equal("D:AI(A;CIID;KA;;;SY)(A;CIID;KR;;;LS)", Dacl(@"Tree\Open\Deep"));
        Assert.Equal(0, As("LocalService", Query(@"Tree\Open\Deep")).ExitCode);
        Assert.Equal(Denied, As("LocalService", Query(@"Tree\Shut")).ExitCode);
        Guest.Shell(@"sd inherit on 'reg:Machine\Software\Tree\Shut'");
        Assert.Equal(0, As("LocalService", Query(@"Tree\Shut")).ExitCode);
        Guest.Shell(@"sd allow --flags none 'reg:Machine\Software\Tree\Open' NS:f");
        Guest.Shell(@"sd reset 'reg:Machine\Software\Tree\Open'");
        Assert.Equal("D:AI(A;CIID;KA;;;SY)(A;CIID;KR;;;LS)", Dacl(@"Tree\Open"));
    }

    [Fact]
    [Rule("CLI-027", "KACS-AC-205")]
    public void Explanations_NameTheAce()
    {
        Key("Explain", "O:SYG:SYD:P(D;;0x2;;;LS)(A;;KR;;;LS)(A;;KA;;;SY)");
        string who = Guest.Shell(@"sd explain 'reg:Machine\Software\Explain'").Output;
        Assert.Contains("ACE 0 (D;;0x2;;;LS)", who, StringComparison.Ordinal);
        Assert.Contains("ACE 2 (A;;KA;;;SY)", who, StringComparison.Ordinal);

        Assert.Equal("yes\n", Guest.Shell(@"sd check 'reg:Machine\Software\Explain' rw").Output);
        CommandResult refused = As("LocalService", @"sd check 'reg:Machine\Software\Explain' rw --explain");
        Assert.Equal(No, refused.ExitCode);
        Assert.StartsWith("no\n", refused.Output, StringComparison.Ordinal);
        Assert.Contains("KEY_SET_VALUE", refused.Output, StringComparison.Ordinal);
        Assert.Contains("ACE 0 (D;;0x2;;;LS)", refused.Output, StringComparison.Ordinal);
        Assert.Contains("ACE 1 (A;;KR;;;LS)", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("CLI-025", "KACS-FMT-147", "KACS-ENF-155")]
    public void ProcessesAndTokens_HaveDescriptors()
    {
        string process = Guest.Shell("sd show pid:1").Output;
        Assert.Contains("SYSTEM", process, StringComparison.Ordinal);
        Assert.Contains("\"dacl\"", Guest.Shell("sd show token:1 --json").Output, StringComparison.Ordinal);
        Assert.Equal("yes\n", Guest.Shell("sd check pid:1 PROCESS_QUERY_INFORMATION").Output);
        CommandResult refused = As("LocalService", "sd show token:1");
        Assert.Equal(Denied, refused.ExitCode);
        Assert.Contains("EACCES", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(NotFound, As(null, "sd show pid:4194303").ExitCode);

        // Its own process: who may signal it, until the shell ends.
        Assert.Contains("(A;;0x1;;;LS)", Guest.Shell("sh -c 'sd allow pid:$$ LS:PROCESS_TERMINATE; sd show pid:$$ --sddl'").Output, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("CLI-025", "PEINIT-143")]
    public void Service_WithADescriptorOfItsOwn_LetsOthersLook()
    {
        Assert.Equal(Denied, As("LocalService", "svctl status redis").ExitCode);
        Assert.Contains("Source ", Guest.Shell("sd show service:redis").Output, StringComparison.Ordinal);

        Guest.Shell("sd allow service:redis LS:SERVICE_QUERY_STATUS");
        Guest.Shell("svctl reload-config");

        Guest.Eventually("peinit lets LocalService look", () => As("LocalService", "svctl status redis").ExitCode == 0);
        Assert.Equal(Denied, As("LocalService", "svctl stop redis").ExitCode);
        Guest.Shell("sd remove service:redis LS");
    }

    [Fact]
    [Rule("CLI-002", "CLI-007")]
    public void Files_SayThatTheyAreNotBuilt()
    {
        CommandResult refused = As(null, "sd show /etc/passwd");
        Assert.Equal(No, refused.ExitCode);
        Assert.Contains("not built", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("EOPNOTSUPP", As(null, "sd allow /etc/passwd LS:r --json").Errors, StringComparison.Ordinal);
    }

    private CommandResult As(string? identity, string line) => Guest.Execute(GuestCommand.Shell(line) with { Identity = identity });

    private static string Query(string key) => $@"regctl query 'Machine\Software\{key}'";

    private void Key(string name, string sddl)
    {
        Guest.Shell($@"regctl new -p 'Machine\Software\{name}'");
        Guest.Shell($@"sd set 'reg:Machine\Software\{name}' '{sddl}'");
    }

    private string Dacl(string key)
    {
        string sddl = Guest.Shell($@"sd show 'reg:Machine\Software\{key}' --sddl").Output.TrimEnd();
        return sddl[sddl.IndexOf("D:", StringComparison.Ordinal)..];
    }
}
