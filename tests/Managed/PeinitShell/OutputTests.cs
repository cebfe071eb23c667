// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Peinit.Output;
using Peios.Events;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.PeinitShell;

public sealed class OutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peinit").FullName;
    private readonly EventLoop _loop;

    public OutputTests() => Assert.True(EventLoop.Create().TryGet(out _loop!));

    public void Dispose()
    {
        _loop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [Rule("PEINIT-413")]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\nrest", "a|rest")]
    [InlineData("\n", "")]
    [InlineData("12345678\n", "12345678")]
    [InlineData("123456789\nx\n", "12345678[truncated]|x")]
    [InlineData("1234567890123456789\nx", "12345678[truncated]|x")]
    public void Splitter_Lines_AreCutAtTheLimit(string input, string expected)
    {
        // Whole and byte by byte must not differ.
        foreach (int step in new[] { input.Length, 1, 3 })
        {
            List<string> lines = [];
            LineSplitter splitter = new();
            byte[] bytes = Encoding.UTF8.GetBytes(input);
            for (int i = 0; i < bytes.Length; i += step)
            {
                splitter.Add(bytes.AsSpan(i, Math.Min(step, bytes.Length - i)), 8, l => lines.Add(Encoding.UTF8.GetString(l)));
            }

            splitter.End(l => lines.Add(Encoding.UTF8.GetString(l)));
            Assert.Equal(expected, string.Join('|', lines));
        }
    }

    [Fact]
    [Rule("PEINIT-413")]
    public void Splitter_NoUtf8_IsReplaced()
    {
        List<byte[]> lines = [];
        new LineSplitter().Add([0x61, 0xFF, 0xC3, 0x0A], 100, lines.Add);
        Assert.Equal("a\uFFFD\uFFFD", Encoding.UTF8.GetString(lines[0]));
    }

    [Fact]
    [Rule("PEINIT-414")]
    [Rule("PEINIT-422")]
    public void Buffer_Full_DropsTheOldestAndCounts()
    {
        LogBuffer buffer = new(1000);
        for (int i = 0; i < 100; i++)
        {
            buffer.Add(new LogRecord("s", false, new byte[36], (ulong)i, null, null));
        }

        Assert.Equal((10, 90UL), (buffer.Count, buffer.TakeDropped()));
        Assert.True(buffer.TryTake(out LogRecord first));
        Assert.Equal(90UL, first.Timestamp);
        Assert.Equal(0UL, buffer.TakeDropped());
    }

    [Fact]
    [Rule("PEINIT-417")]
    [Rule("PEINIT-418")]
    public void Handoff_AfterEarlyOutput_OldestFirstThenOwnThenLive()
    {
        OutputPump pump = new(_loop);
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        pump.Attach(read!, "web", "web", false, "job-1");
        pump.AddOwn("own line", isError: true);
        Assert.True(Files.WriteAll(write!, "one\ntwo\n"u8).Ok);
        _ = _loop.RunOnce(0);

        using UnixSocket eventd = Bind();
        Assert.True(pump.Connect(Path.Combine(_folder, "log.sock")).Ok);
        Assert.True(Files.WriteAll(write!, "live\n"u8).Ok);
        _ = _loop.RunOnce(0);
        Assert.Equal(["web:one", "web:two", "peinit!own line", "web:live"], Received(eventd));
        write!.Dispose();
    }

    [Theory]
    [Rule("PEINIT-418", "PEINIT-419")]
    [InlineData("job-1", "85A66F726967696EA3776562A869735F6572726F72C3A76D657373616765A26869A974696D657374616D7007A66A6F625F6964A56A6F622D31")]
    [InlineData(null, "84A66F726967696EA3776562A869735F6572726F72C3A76D657373616765A26869A974696D657374616D7007")]
    public void Record_OnTheWire_IsAMapWithTheJob(string? job, string hex)
    {
        byte[] room = new byte[256];
        int length = LogWire.Write(new LogRecord("web", true, "hi"u8.ToArray(), 7, job, null), room);
        Assert.Equal(hex, Convert.ToHexString(room.AsSpan(0, length)));
    }

    [Fact]
    [Rule("PEINIT-415")]
    [Rule("HAZ-038")]
    public void Pressure_EventdDoesNotRead_OrdinaryServiceIsPausedPlatformIsNot()
    {
        OutputPump pump = new(_loop) { MaxUnsent = 4096 };
        using UnixSocket eventd = Bind();
        Assert.True(pump.Connect(Path.Combine(_folder, "log.sock")).Ok);
        Assert.Equal(16 * 1024, Flood(pump, "web", 3000 * 1024));
        Assert.Equal(0, Flood(pump, "authd", 3000 * 1024));

        // Reading makes room, and the rest of the paused pipe comes through.
        for (int i = 0; i < 2000; i++)
        {
            _ = Received(eventd);
            _ = _loop.RunOnce(0);
        }

        Assert.Contains("web:last", Flush(eventd, pump));
    }

    [Fact]
    [Rule("PEINIT-423")]
    public void Eventd_Gone_OutputIsKeptAgain()
    {
        OutputPump pump = new(_loop);
        UnixSocket eventd = Bind();
        Assert.True(pump.Connect(Path.Combine(_folder, "log.sock")).Ok);
        eventd.Dispose();
        pump.AddOwn("kept", isError: false);
        Assert.False(pump.Connected);
        using UnixSocket next = Bind();
        Assert.True(pump.Connect(Path.Combine(_folder, "log.sock")).Ok);
        Assert.Equal(["peinit:kept"], Received(next));
    }

    [Fact]
    public void OwnLine_WithTextOfOthers_StaysOneLine()
    {
        OutputPump pump = new(_loop);
        pump.AddOwn("web: invalid definition: \u001b[2Ja\npeinit: all services ready", isError: true);
        using UnixSocket eventd = Bind();
        Assert.True(pump.Connect(Path.Combine(_folder, "log.sock")).Ok);
        Assert.Equal(["peinit!web: invalid definition: \uFFFD[2Ja\uFFFDpeinit: all services ready"], Received(eventd));
    }

    [Fact]
    public void Pipes_OfEarlierStartsThatNobodyCloses_AreGivenUpOldestFirst()
    {
        OutputPump pump = new(_loop);
        List<Fd> writers = [];
        for (int i = 0; i < 40; i++)
        {
            Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
            pump.Attach(read!, "web", "web", false, $"job-{i}");
            writers.Add(write!);
        }

        Assert.Equal(16, pump.Pipes.Count);
        Assert.Contains(pump.Pipes, p => p.JobId == "job-39");
        Assert.DoesNotContain(pump.Pipes, p => p.JobId == "job-0");
        writers.ForEach(w => w.Dispose());
        _ = _loop.RunOnce(0);
        Assert.Empty(pump.Pipes);
    }

    [Fact]
    [Rule("PEINIT-416")]
    public void Flood_OfEmptyLines_IsSentInFewDatagrams()
    {
        OutputPump pump = new(_loop) { MaxUnsent = 1 << 20 };
        using UnixSocket eventd = Bind();
        Assert.True(pump.Connect(Path.Combine(_folder, "log.sock")).Ok);
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        pump.Attach(read!, "web", "web", false, "job-1");
        byte[] newlines = new byte[256];
        Array.Fill(newlines, (byte)'\n');
        Assert.True(Files.WriteAll(write!, newlines).Ok);
        _ = _loop.RunOnce(0);
        int datagrams = 0;
        while (eventd.Receive(new byte[1 << 17]).Ok)
        {
            datagrams++;
        }

        Assert.Equal(4, datagrams);
        write!.Dispose();
    }

    private List<string> Flush(UnixSocket eventd, OutputPump pump)
    {
        Assert.True(pump.Connected);
        Assert.True(Files.WriteAll(_last!, "last\n"u8).Ok);
        List<string> all = [];
        for (int i = 0; i < 200; i++)
        {
            _ = _loop.RunOnce(0);
            all.AddRange(Received(eventd));
        }

        return all;
    }

    private Fd? _last;

    // Writes without end until the pipe takes no more; returns how much of it peinit left unread.
    private int Flood(OutputPump pump, string service, int bytes)
    {
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        _ = Libc.fcntl(write!.Raw, 1031, 16 * 1024);
        pump.Attach(read!, service, service, false, "job");
        byte[] line = Encoding.UTF8.GetBytes(new string('x', 1023) + "\n");
        int refused = 0;
        while (bytes > 0 && refused < 50)
        {
            if (Files.Write(write, line).TryGet(out int n))
            {
                bytes -= n;
                refused = 0;
                continue;
            }

            refused++;
            _ = _loop.RunOnce(0);
        }

        _last = service == "web" ? write : _last;
        return bytes > 0 ? Pending(read!) : 0;
    }

    private static unsafe int Pending(Fd pipe)
    {
        int n = 0;
        return Libc.ioctl(pipe.Raw, 0x541B, &n) == 0 ? n : -1;
    }

    private UnixSocket Bind()
    {
        Assert.True(UnixSocket.BindDatagram(Path.Combine(_folder, "log.sock"), 0x1B6, false).TryGet(out UnixSocket? socket));
        return socket;
    }

    private static List<string> Received(UnixSocket socket)
    {
        List<string> all = [];
        byte[] buffer = new byte[256 * 1024];
        while (socket.Receive(buffer).TryGet(out int length))
        {
            MsgPackReader reader = new(buffer.AsSpan(0, length));
            int records = 1;
            Assert.True(reader.NextType != MsgPackType.Array || reader.TryReadArray(out records));
            for (int i = 0; i < records; i++)
            {
                all.Add(Record(ref reader));
            }

            Assert.True(reader.AtEnd);
        }

        return all;
    }

    private static string Record(ref MsgPackReader reader)
    {
        Assert.True(reader.TryReadMap(out int pairs));
        (string origin, bool error, string message) = (string.Empty, false, string.Empty);
        for (int i = 0; i < pairs; i++)
        {
            string key = Text(ref reader);
            if (key == "is_error")
            {
                Assert.True(reader.TryReadBoolean(out error));
            }
            else if (key is "origin")
            {
                origin = Text(ref reader);
            }
            else if (key is "message")
            {
                message = Text(ref reader);
            }
            else
            {
                Assert.True(reader.TrySkip());
            }
        }

        return origin + (error ? "!" : ":") + message;
    }

    private static string Text(ref MsgPackReader reader)
    {
        Assert.True(reader.TryReadString(out ReadOnlySpan<byte> text));
        return Encoding.UTF8.GetString(text);
    }
}
