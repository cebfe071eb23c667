// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

/// <summary>
/// A client attaches a TCP socket with unsent data and SO_LINGER of an hour and closes its own copy: whoever closes the
/// last one waits for the hour. It must not be the thread that serves everybody (PEINIT-007).
/// </summary>
public sealed class StrangersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strangers").FullName;
    private readonly Lingering _lingering = new();

    public void Dispose()
    {
        _lingering.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Rule("PEINIT-007")]
    [Rule("PEINIT-443")]
    public void Receive_DescriptorThatLingers_IsClosedWithoutWaiting()
    {
        using UnixSocket receiver = Bound(out UnixSocket sender);
        SendLingering(sender);
        Lingering.Quickly(() =>
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
        Lingering.Quickly(() => Assert.True(receiver.Receive(new byte[16]).Ok));
    }

    [Fact]
    [Rule("PEINIT-007")]
    public void Dispose_UnreadMessageWithDescriptor_DoesNotWait()
    {
        Assert.True(UnixSocket.Pair(out UnixSocket? first, out UnixSocket? second).Ok);
        SendLingering(first!);
        Lingering.Quickly(second!.Dispose);
    }

    [Fact]
    [Rule("PEINIT-007")]
    public void Dispose_ListenerWithConnectionNobodyAccepted_DoesNotWait()
    {
        string path = Path.Combine(_folder, "l");
        Assert.True(UnixSocket.Listen(path, 0x1B6).TryGet(out UnixSocket? listener));
        Assert.True(UnixSocket.Connect(path).TryGet(out UnixSocket? client));
        SendLingering(client);
        Lingering.Quickly(listener.Dispose);
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
        using Fd socket = _lingering.Open();
        Assert.True(to.Send("READY=1"u8, [socket.Raw]).Ok);
    }
}
