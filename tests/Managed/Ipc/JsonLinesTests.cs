// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

public class JsonLinesTests
{
    [Theory]
    [Rule("PEINIT-374")]
    [InlineData("a\nbb\n", "a|bb")]
    [InlineData("\n\n", "|")]
    [InlineData("half", "")]
    [InlineData("one\nhalf", "one")]
    public void TryTake_Stream_CutsAtLineFeeds(string input, string expected)
    {
        JsonLines lines = new(64);
        lines.Append(Encoding.UTF8.GetBytes(input));
        Assert.Equal(expected, Drain(lines, input.Contains('\n', StringComparison.Ordinal)));
    }

    [Fact]
    public void TryTake_ByteByByte_SameLines()
    {
        JsonLines lines = new(16);
        StringBuilder seen = new();
        foreach (byte b in "{\"a\":1}\n{\"b\":2}\n"u8)
        {
            lines.Append([b]);
            while (lines.TryTake(out ReadOnlySpan<byte> line))
            {
                _ = seen.Append(Encoding.UTF8.GetString(line)).Append(';');
            }
        }

        Assert.Equal("{\"a\":1};{\"b\":2};", seen.ToString());
    }

    [Theory]
    [Rule("AUTH-002")]
    [InlineData(15, false)]
    [InlineData(16, true)]
    public void TryTake_LineAroundLimit_LimitCountsTheLineFeed(int length, bool tooLong)
    {
        JsonLines lines = new(16);
        lines.Append(Encoding.UTF8.GetBytes(new string('x', length) + "\n"));
        Assert.Equal(!tooLong, lines.TryTake(out _));
        Assert.Equal(tooLong, lines.TooLong);
    }

    [Fact]
    public void TryTake_NoLineFeedEver_StopsAtTheLimit()
    {
        JsonLines lines = new(1024);
        lines.Append(new byte[1 << 20]);
        Assert.False(lines.TryTake(out _));
        Assert.True(lines.TooLong);
    }

    private static string Drain(JsonLines lines, bool any)
    {
        StringBuilder all = new();
        int count = 0;
        while (lines.TryTake(out ReadOnlySpan<byte> line))
        {
            _ = all.Append(count++ == 0 ? string.Empty : "|").Append(Encoding.UTF8.GetString(line));
        }

        return any ? all.ToString() : string.Empty;
    }
}
