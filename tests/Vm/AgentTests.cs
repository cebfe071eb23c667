// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Threading.Tasks;
using Tests.Vm.Harness;
using Xunit;

namespace Tests.Vm;

/// <summary>The agent and this helper, before anything is tested with them: the agent alone as PID 1.</summary>
public sealed class AgentTests : IClassFixture<BareGuest>
{
    private readonly Guest _guest;

    public AgentTests(BareGuest bare) => _guest = bare.Guest;

    [Fact]
    public void Run_Program_ReturnsBothOutputsAndStatus()
    {
        CommandResult result = _guest.Execute(GuestCommand.Shell("echo out; echo err >&2; exit 7"));

        Assert.Equal(("out\n", "err\n", 7, 0), (result.Output, result.Errors, result.ExitCode, result.Signal));
    }

    [Fact]
    public void Run_ProgramKilledBySignal_NamesTheSignal() =>
        Assert.Equal(11, _guest.Execute(GuestCommand.Shell("kill -SEGV $$")).Signal);

    [Fact]
    public void Run_MissingProgram_NamesTheFailedStep()
    {
        CommandResult result = _guest.Execute(new GuestCommand("/no/such/program"));

        Assert.Equal(127, result.ExitCode);
        Assert.Contains("ENOENT", result.SetupError, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Input_ArrivesWhole()
    {
        byte[] input = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();

        Assert.Equal(input, _guest.Execute(new GuestCommand("/bin/cat") { Input = input }).Stdout);
    }

    [Fact]
    public void Run_BeyondItsTime_IsKilled()
    {
        CommandResult result = _guest.Execute(new GuestCommand("/bin/sleep", "1000") { Timeout = TimeSpan.FromMilliseconds(300) });

        Assert.True(result.TimedOut);
        Assert.Equal(9, result.Signal);
    }

    [Fact]
    public async Task Begin_TwoAtOnce_RunSideBySide()
    {
        _guest.Shell("mkfifo /dev/meet");
        Task<CommandResult> reader = _guest.Begin(GuestCommand.Shell("cat /dev/meet"));
        _guest.Shell("echo met > /dev/meet");

        Assert.Equal("met\n", (await reader).Output);
    }

    [Fact]
    public void WriteAndRead_File_KeepBytesAndMode()
    {
        byte[] content = [0, 1, 254, 255, 10];
        _guest.Write("/dev/file", content, 0x1C0);

        Assert.Equal(content, _guest.Read("/dev/file"));
        Assert.Equal("700\n", _guest.Run("/bin/stat", "-c", "%a", "/dev/file").Output);
    }

    [Fact]
    public void Read_MissingFile_Fails() => Assert.Throws<GuestFailure>(() => _guest.Read("/no/such/file"));
}
