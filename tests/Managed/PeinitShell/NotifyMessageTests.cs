// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peinit.Core;
using Peinit.Notify;
using Xunit;

namespace Peios.Tests.PeinitShell;

public class NotifyMessageTests
{
    [Theory]
    [Rule("PEINIT-435")]
    [InlineData("READY=1", true, false, false, false)]
    [InlineData("READY=1\n", true, false, false, false)]
    [InlineData("RELOADING=1\nSTOPPING=1", false, true, true, false)]
    [InlineData("WATCHDOG=1", false, false, false, true)]
    [InlineData("READY=0", false, false, false, false)]
    [InlineData("READY=11", false, false, false, false)]
    [InlineData("READY=1 ", false, false, false, false)]
    [InlineData("ready=1\nX=2", false, false, false, false)]
    public void TryParse_Flags_OnlyTheValueOneCounts(string text, bool ready, bool reloading, bool stopping, bool watchdog)
    {
        _ = NotifyMessage.TryParse(Encoding.UTF8.GetBytes(text), out NotifyFields f, out _);
        Assert.Equal((ready, reloading, stopping, watchdog), (f.Ready, f.Reloading, f.Stopping, f.Watchdog));
    }

    [Theory]
    [Rule("PEINIT-434")]
    [InlineData("READY=1\nREADY=0", false, null)]
    [InlineData("STATUS=a\nSTATUS=b", false, "b")]
    [InlineData("STATUS=a=b", false, "a=b")]
    [InlineData("STATUS=", false, "")]
    public void TryParse_RepeatedKey_LastWins(string text, bool ready, string? status)
    {
        Assert.True(NotifyMessage.TryParse(Encoding.UTF8.GetBytes(text), out NotifyFields f, out _));
        Assert.Equal((ready, status), (f.Ready, f.Status));
    }

    [Theory]
    [Rule("PEINIT-434")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1x")]
    [InlineData("0x10")]
    [InlineData("18446744073709551616")]
    [InlineData(" 1")]
    public void TryParse_MalformedNumber_IsIgnoredAndNamed(string value)
    {
        _ = NotifyMessage.TryParse(Encoding.UTF8.GetBytes("WATCHDOG_USEC=" + value), out NotifyFields f, out string? malformed);
        Assert.Null(f.WatchdogMicroseconds);
        Assert.Equal("WATCHDOG_USEC", malformed);
    }

    [Fact]
    public void TryParse_Numbers_FullRange()
    {
        Assert.True(NotifyMessage.TryParse("WATCHDOG_USEC=0\nEXTEND_TIMEOUT_USEC=18446744073709551615"u8, out NotifyFields f, out _));
        Assert.Equal((0UL, ulong.MaxValue), (f.WatchdogMicroseconds!.Value, f.ExtendMicroseconds!.Value));
    }

    [Theory]
    [Rule("PEINIT-433")]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("=1")]
    [InlineData("READY")]
    [InlineData("MAINPID=1\nBUSERROR=x\nFDSTORE=1")]
    public void TryParse_NothingKnown_IsNothing(string text) =>
        Assert.False(NotifyMessage.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void TryParse_HostileStatus_HasNoControlCharactersAndIsBounded()
    {
        byte[] text = Encoding.UTF8.GetBytes("STATUS=\u001b[2J\0\u0085" + new string('x', 5000));
        Assert.True(NotifyMessage.TryParse(text, out NotifyFields f, out _));
        Assert.InRange(f.Status!.Length, 1, 1024);
        Assert.DoesNotContain(f.Status, char.IsControl);
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrows()
    {
        Random random = new(1);
        byte[] bytes = new byte[512];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(bytes);
            "STATUS="u8.CopyTo(bytes.AsSpan(random.Next(0, 500)));
            _ = NotifyMessage.TryParse(bytes.AsSpan(0, random.Next(bytes.Length)), out _, out _);
        }
    }
}
