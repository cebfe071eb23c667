// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Peios.Interop;
using Xunit;

namespace Peios.Tests.Ipc;

/// <summary>TCP sockets with unsent data and SO_LINGER of an hour: who has the last close waits for that hour.</summary>
internal sealed unsafe class Lingering : IDisposable
{
    private const int AfInet = 2;
    private const int SoLinger = 13;

    private readonly Fd _listener;
    private readonly byte[] _address = new byte[16];

    internal Lingering()
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

    public void Dispose() => _listener.Dispose();

    /// <summary>A socket that a plain close waits for. It would end with the listener.</summary>
    internal Fd Open()
    {
        Fd socket = Tcp();
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
        return socket;
    }

    /// <summary>The time is the harness's patience, not an expectation: the wait that is looked for takes an hour.</summary>
    internal static void Quickly(Action action)
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

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int getsockname(int fd, void* address, uint* length);

    private static Fd Tcp()
    {
        Assert.True(Libc.Own(Libc.socket(AfInet, Libc.SockStream | Libc.SockCloseOnExec, 0)).TryGet(out Fd? fd));
        return fd;
    }
}
