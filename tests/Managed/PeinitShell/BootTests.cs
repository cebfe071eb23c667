// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Peinit.Boot;
using Peios.Interop;
using Xunit;

namespace Peios.Tests.PeinitShell;

public sealed class BootTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peinit").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [Rule("PEINIT-021")]
    [Rule("PEINIT-022")]
    [Rule("PEINIT-027")]
    [InlineData("", false, false, 3u)]
    [InlineData("quiet peios.safemode=1 x", true, false, 3u)]
    [InlineData("peios.recovery=1\n", false, true, 3u)]
    [InlineData("peios.recovery=2 peios.safemode=yes peios.recovery", false, false, 3u)]
    [InlineData("peios.bootattempts=0", false, false, 0u)]
    [InlineData("peios.bootattempts=7 peios.bootattempts=-1", false, false, 7u)]
    [InlineData("xpeios.recovery=1", false, false, 3u)]
    public void CommandLine_Words_AreFound(string text, bool safe, bool recovery, uint attempts)
    {
        KernelCommandLine line = KernelCommandLine.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal((safe, recovery, attempts), (line.SafeMode, line.Recovery, line.BootAttempts));
    }

    [Theory]
    [Rule("PEINIT-024")]
    [InlineData(null, 0u)]
    [InlineData("", 0u)]
    [InlineData("2\n", 2u)]
    [InlineData("2", 2u)]
    [InlineData("2\n\n", 0u)]
    [InlineData("-2\n", 0u)]
    [InlineData("two", 0u)]
    [InlineData("4294967296", 0u)]
    [InlineData("1 2", 0u)]
    public void Counter_Content_IsANumberOrZero(string? content, uint expected)
    {
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "boot-attempts"), content);
        }

        Assert.Equal(expected, new BootCounter(_folder).Read());
    }

    [Fact]
    [Rule("PEINIT-023")]
    [Rule("HAZ-043")]
    public void Counter_Written_IsDigitsAndNewlineAndLeavesNoTemporary()
    {
        BootCounter counter = new(Path.Combine(_folder, "made"));
        Assert.True(counter.Write(3).Ok);
        Assert.Equal("3\n", File.ReadAllText(Path.Combine(_folder, "made", "boot-attempts")));
        Assert.Equal(3u, counter.Read());
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "made")));
    }

    [Theory]
    [Rule("PEINIT-037")]
    [InlineData(126, 10, 20, 13, 30, 15, 1795181415L)]
    [InlineData(70, 0, 1, 0, 0, 0, 0L)]
    [InlineData(-1900, 0, 1, 0, 0, 0, null)]
    [InlineData(126, 12, 1, 0, 0, 0, null)]
    [InlineData(126, 1, 29, 0, 0, 0, null)]
    [InlineData(128, 1, 29, 0, 0, 0, 1835395200L)]
    [InlineData(126, 0, 1, 24, 0, 0, null)]
    [InlineData(126, 0, 0, 0, 0, 0, null)]
    public void Clock_RtcTime_OnlyRealDatesCount(int year, int month, int day, int hour, int minute, int second, long? expected)
    {
        HardwareClock.RtcTime time = new() { Year = year, Month = month, Day = day, Hour = hour, Minute = minute, Second = second };
        Assert.Equal(expected.HasValue, HardwareClock.TryGetSeconds(time, out long seconds));
        Assert.Equal(expected ?? 0, seconds);
    }

    [Fact]
    [Rule("PEINIT-047")]
    public void Loopback_Request_IsNewLinkUpForIndexOne()
    {
        byte[] request = new byte[32];
        Loopback.Build(request);
        Assert.Equal("200000001000050001000000000000000000000001000000" + "0100000001000000", Convert.ToHexString(request).ToLowerInvariant());
    }

    [Theory]
    [InlineData("2400000002000000010000000000000000000000", 0)]
    [InlineData("2400000002000000010000000000000000000000ffff", 0)]
    [InlineData("24000000020000000100000000000000ffffffff", 1)]
    [InlineData("24000000030000000100000000000000ffffffff", 71)]
    [InlineData("2400", 71)]
    [InlineData("", 71)]
    public void Loopback_Answer_IsItsErrno(string hex, int errno) =>
        Assert.Equal(new Errno(errno), Loopback.ParseAnswer(Convert.FromHexString(hex)));
}
