// SPDX-License-Identifier: MIT
using System.Diagnostics;
using System.IO;
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
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(10_000));
        return output;
    }
}
