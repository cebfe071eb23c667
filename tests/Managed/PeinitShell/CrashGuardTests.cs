// SPDX-License-Identifier: MIT
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace Peios.Tests.PeinitShell;

[Collection("children")]
public class CrashGuardTests
{
    [Theory]
    [Rule("HAZ-036")]
    [Rule("HAZ-037")]
    [InlineData("segv", 11)]
    [InlineData("abort", 6)]
    [InlineData("stack", 11)]
    [InlineData("now", 6)]
    [InlineData("linger", 11)]
    public void Fault_OfAnyKind_NextLifeHasStateAndChildrenAndNothingElse(string how, int signal) =>
        Assert.Equal(
            $"first count=0 signal=0 state=-1\nlater count=1 signal={signal} cloexec=1 leak=0 alive=1\nreaped=1\n",
            Run(how));

    [Fact]
    [Rule("HAZ-037")]
    public void Faults_WithoutEnd_StopAfterFiveLives()
    {
        string output = Run("loop");
        Assert.Equal(6, output.Split('\n').Length - 1);
        Assert.Contains("later count=5 ", output);
    }

    [Fact]
    public void Signal_OfAnotherProcess_IsNoFault() =>
        Assert.Equal("first count=0 signal=0 state=-1\nsurvived\n", Run("foreign"));

    private static string Run(string how)
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "out/native/crash-probe"), how)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        // Patience, no expectation: a probe that waits for somebody else's socket would wait for an hour.
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!output.Wait(60_000))
        {
            process.Kill();
        }

        return output.Result;
    }
}
