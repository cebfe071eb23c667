// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Authd.Commands;
using Authd.Sources;
using Peios.Interop;
using Peios.Ipc;
using Peios.Tests;
using Xunit;

namespace Tests.Managed.Authd;

/// <summary>The link against a listener that behaves as told: real sockets, one loop, no threads.</summary>
public sealed class LpsdLinkTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"lpsd-{Guid.NewGuid():N}.sock");
    private readonly List<string> _answers = [];
    private readonly EventLoop _loop;

    public LpsdLinkTests()
    {
        Assert.True(EventLoop.Create().TryGet(out EventLoop? loop));
        _loop = loop;
    }

    public void Dispose()
    {
        _loop.Dispose();
        File.Delete(_path);
    }

    [Fact, Rule("AUTH-068")]
    public void Question_WithoutLpsd_IsUnavailableAtOnceOrAtItsDeadline()
    {
        LpsdLink link = new(_loop, _path, 300_000_000);
        Ask(link, mayWait: false);
        Assert.Equal(["-"], _answers);
        Ask(link, mayWait: true);
        Assert.Single(_answers);
        RunUntil(2);
        Assert.Equal(["-", "-"], _answers);
        Assert.False(link.IsUp);
    }

    [Fact, Rule("AUTH-068")]
    public void Question_ThatWaits_IsAskedWhenLpsdComesUp()
    {
        LpsdLink link = new(_loop, _path, 5_000_000_000);
        Ask(link, mayWait: true);
        using UnixSocket listener = Listen();
        using UnixSocket peer = Accept(listener);
        Reply(peer, "{\"status\":\"ok\",\"n\":1}\n");
        RunUntil(1);
        Assert.Equal(["1"], _answers);
        Assert.True(link.IsUp);
    }

    [Fact]
    public void Question_OnAConnectionThatLpsdClosedForIdleness_IsRepeatedOnce()
    {
        using UnixSocket listener = Listen();
        LpsdLink link = new(_loop, _path, 5_000_000_000);
        Ask(link, mayWait: false);
        UnixSocket first = Accept(listener);
        Reply(first, "{\"status\":\"ok\",\"n\":1}\n");
        RunUntil(1);
        Ask(link, mayWait: false);
        // Read what was sent, or the kernel reports a reset and not an end.
        byte[] sent = new byte[256];
        Assert.True(first.Receive(sent).Ok);
        first.Dispose();
        using UnixSocket second = Accept(listener);
        Reply(second, "{\"status\":\"ok\",\"n\":2}\n");
        RunUntil(2);
        Assert.Equal(["1", "2"], _answers);
    }

    [Fact]
    public void Question_LongerThanLpsdReads_FailsAloneAndDisturbsNobody()
    {
        using UnixSocket listener = Listen();
        LpsdLink link = new(_loop, _path, 5_000_000_000);
        Ask(link, mayWait: false);
        using UnixSocket peer = Accept(listener);
        string answer = "none";
        link.Ask(new byte[65537], mayWait: true, answered => answer = answered is null ? "refused" : "answered");
        Assert.Equal("refused", answer);
        Reply(peer, "{\"status\":\"ok\",\"n\":1}\n");
        RunUntil(1);
        Assert.Equal(["1"], _answers);
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("Backup Operators", true)]
    [InlineData("a.b_c-9", true)]
    [InlineData("machine$", true)]
    [InlineData("", false)]
    [InlineData("<<<<", false)]
    [InlineData("\u00e9", false)]
    [InlineData("a\u212a", false)]
    public void LookedUpName_ThatLpsdCannotHave_IsNotAskedFor(string name, bool possible)
    {
        Assert.Equal(possible, LookupCommand.IsPossible(name));
        Assert.False(LookupCommand.IsPossible(name + new string('x', 65)));
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("{}\n{}\n")]
    [InlineData("")]
    public void Answer_OfAnotherForm_NeverLeavesAQuestionOpen(string reply)
    {
        using UnixSocket listener = Listen();
        LpsdLink link = new(_loop, _path, 5_000_000_000);
        Ask(link, mayWait: false);
        UnixSocket peer = Accept(listener);
        Reply(peer, reply);
        peer.Dispose();
        RunUntil(1);
        Assert.Equal([reply == "{}\n{}\n" ? "?" : "-"], _answers);
    }

    private void Ask(LpsdLink link, bool mayWait) => link.Ask(
        "{\"command\":\"ping\"}\n"u8.ToArray(), mayWait,
        answer => _answers.Add(answer is null ? "-" : answer.TryGetInt64("n", out long n) ? $"{n}" : "?"));

    private UnixSocket Listen()
    {
        Assert.True(UnixSocket.Listen(_path, 0x1B6).TryGet(out UnixSocket? listener));
        return listener;
    }

    private UnixSocket Accept(UnixSocket listener)
    {
        for (int i = 0; i < 100; i++)
        {
            if (listener.Accept().TryGet(out UnixSocket? peer))
            {
                return peer;
            }

            Assert.True(_loop.RunOnce(50).Ok);
        }

        throw new InvalidOperationException("nobody connected");
    }

    private static void Reply(UnixSocket peer, string text)
    {
        if (text.Length > 0)
        {
            Assert.True(peer.Send(Encoding.UTF8.GetBytes(text)).Ok);
        }
    }

    private void RunUntil(int answers)
    {
        for (int i = 0; i < 200 && _answers.Count < answers; i++)
        {
            Assert.True(_loop.RunOnce(50).Ok);
        }

        Assert.Equal(answers, _answers.Count);
    }
}
