// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.PeinitShell;

/// <summary>The terminal is a FIFO here: it refuses a writer the same way when it is full.</summary>
public sealed class ConsoleWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peinit").FullName;
    private readonly EventLoop _loop;
    private readonly ConsoleWriter _writer;
    private readonly Fd _reader;
    private readonly int _filled;

    public ConsoleWriterTests()
    {
        string path = Path.Combine(_folder, "console");
        Assert.Equal(0, MakeFifo(path));
        Assert.True(EventLoop.Create().TryGet(out _loop!));
        Assert.True(Files.Open(path, Files.NonBlocking).TryGet(out _reader!));
        Assert.True(Files.Open(path, Files.WriteOnly | Files.NonBlocking).TryGet(out Fd? other));
        using (other)
        {
            while (Files.Write(other, new byte[4096]).TryGet(out int n))
            {
                _filled += n;
            }
        }

        _writer = new ConsoleWriter(path) { Loop = _loop };
    }

    public void Dispose()
    {
        _reader.Dispose();
        _loop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Rule("PEINIT-427", "HAZ-039")]
    public void Lines_TerminalRefuses_FollowInOrderWhenItTakesAgain()
    {
        _writer.WriteLine("one");
        _writer.WriteLine("two");
        Assert.Equal(0, Read(_filled).Trim('\0').Length);

        Retry(() => _writer.Pending == 0);

        Assert.Equal("peinit: one\r\npeinit: two\r\n", Read(100));
        Assert.False(_writer.Armed);
    }

    [Fact]
    public void Lines_TerminalNeverTakesAny_AreBoundedAndGivenUp()
    {
        for (int i = 0; i < ConsoleWriter.MaxPending; i++)
        {
            _writer.WriteLine("line");
            Assert.InRange(_writer.Pending, 0, ConsoleWriter.MaxPending);
        }

        _writer.WriteLine("one more");
        for (int i = 0; i < ConsoleWriter.Attempts && _writer.Pending > 0; i++)
        {
            _writer.Expired(_loop, 0);
        }

        Assert.Equal(0, _writer.Pending);
    }

    [Fact]
    public void Line_WithoutALoop_IsTriedOnce()
    {
        _writer.Loop = null;

        _writer.WriteLine("lost");

        Assert.Equal(0, _writer.Pending);
    }

    [DllImport("libc")]
    private static extern unsafe int mkfifo(byte* path, uint mode);

    private static unsafe int MakeFifo(string path)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return mkfifo(p, 0x180);
        }
    }

    private void Retry(Func<bool> done)
    {
        while (!done())
        {
            Assert.True(_writer.Armed);
            Assert.True(_loop.RunOnce(1000).Ok);
        }
    }

    private string Read(int size)
    {
        byte[] buffer = new byte[size];
        Assert.True(Files.Read(_reader, buffer).TryGet(out int n));
        return Encoding.UTF8.GetString(buffer, 0, n);
    }
}
