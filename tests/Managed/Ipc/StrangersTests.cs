// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

/// <summary>
/// A client attaches a TCP socket with unsent data and SO_LINGER of an hour and closes its own copy: whoever closes the
/// last one waits for the hour. It must not be the thread that serves everybody (PEINIT-007).
/// </summary>
public sealed unsafe class StrangersTests : IDisposable
{
    private const int AfInet = 2;
    private const int SoLinger = 13;

    private readonly string _folder = Directory.CreateTempSubdirectory("strangers").FullName;
    private readonly Fd _listener;
    private readonly byte[] _address = new byte[16];

    public StrangersTests()
    {
        _address[0] = AfInet;
        _address[4] = 127;
        _address[7] = 1;
        _listener = Tcp();
        uint length = 16;
        fixed (byte* p = _address)
        {
            Assert.Equal(0, Libc.bind(_listener.Raw, p, length));
            Assert.Equal(0, Libc.listen(_listener.Raw, 1));
            Assert.Equal(0, getsockname(_listener.Raw, p, &length));
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Rule("PEINIT-007")]
    [Rule("PEINIT-443")]
    public void Receive_DescriptorThatLingers_IsClosedWithoutWaiting()
    {
        using UnixSocket receiver = Bound(out UnixSocket sender);
        SendLingering(sender);
        Quickly(() =>
        {
            using MessageBuffer beside = new();
            Assert.True(receiver.Receive(new byte[16], beside).Ok);
            Assert.Equal(1, beside.FdCount);
        });
    }

    [Fact]
    [Rule("PEINIT-007")]
    public void Receive_WithoutRoomForDescriptors_ClosesThemWithoutWaiting()
    {
        using UnixSocket receiver = Bound(out UnixSocket sender);
        SendLingering(sender);
        Quickly(() => Assert.True(receiver.Receive(new byte[16]).Ok));
    }

    [Fact]
    [Rule("PEINIT-007")]
    public void Dispose_UnreadMessageWithDescriptor_DoesNotWait()
    {
        Assert.True(UnixSocket.Pair(out UnixSocket? first, out UnixSocket? second).Ok);
        SendLingering(first!);
        Quickly(second!.Dispose);
    }

    [Fact]
    [Rule("PEINIT-007")]
    public void Dispose_ListenerWithConnectionNobodyAccepted_DoesNotWait()
    {
        string path = Path.Combine(_folder, "l");
        Assert.True(UnixSocket.Listen(path, 0x1B6).TryGet(out UnixSocket? listener));
        Assert.True(UnixSocket.Connect(path).TryGet(out UnixSocket? client));
        SendLingering(client);
        Quickly(listener.Dispose);
    }

    [Fact]
    public void Close_ManyDescriptors_ClosesEachAndNoOther()
    {
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        Assert.True(Files.Open($"/proc/self/fd/{write!.Raw}", Files.WriteOnly).TryGet(out Fd? copy));
        Strangers.Close(write);
        Assert.True(write.IsClosed);
        Assert.True(Files.Write(copy, "x"u8).Ok);
        Strangers.Close(copy);
        Assert.Equal(1, Files.Read(read!, new byte[4]).TryGet(out int n) ? n : -1);
        // Every writer is gone once the helping thread has ended.
        Assert.True(Polling.Wait(read!, Polling.Readable, -1).Ok);
        Assert.True(Files.Read(read!, new byte[4]).TryGet(out n));
        Assert.Equal(0, n);
        read!.Dispose();
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int getsockname(int fd, void* address, uint* length);

    private static Fd Tcp()
    {
        Assert.True(Libc.Own(Libc.socket(AfInet, Libc.SockStream | Libc.SockCloseOnExec, 0)).TryGet(out Fd? fd));
        return fd;
    }

    // The time is the harness's patience, not an expectation: the wait that is looked for takes an hour.
    private static void Quickly(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(60_000), "a close waits for somebody else's socket");
        Assert.Null(failure);
    }

    private UnixSocket Bound(out UnixSocket sender)
    {
        string path = Path.Combine(_folder, "d");
        Assert.True(UnixSocket.BindDatagram(path, 0x1B6, credentials: true).TryGet(out UnixSocket? receiver));
        Assert.True(UnixSocket.ConnectDatagram(path).TryGet(out UnixSocket? connected));
        sender = connected;
        return receiver;
    }

    private void SendLingering(UnixSocket to)
    {
        using Fd socket = Tcp();
        fixed (byte* p = _address)
        {
            Assert.Equal(0, Libc.connect(socket.Raw, p, 16));
        }

        byte[] block = new byte[65536];
        fixed (byte* p = block)
        {
            while (Libc.send(socket.Raw, p, (nuint)block.Length, Libc.MsgDontWait | Libc.MsgNoSignal) > 0)
            {
            }
        }

        long linger = 1L | (3600L << 32);
        Assert.Equal(0, Libc.setsockopt(socket.Raw, Libc.SolSocket, SoLinger, &linger, 8));
        Assert.True(to.Send("READY=1"u8, [socket.Raw]).Ok);
    }
}
