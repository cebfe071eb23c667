// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Tests.Managed.Ipc;

public sealed class UnixSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipc-").FullName;
    private readonly List<UnixSocket> _clients = [];

    private string SocketPath => Path.Combine(_folder, "s");

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void ConnectWaiting_WhileTheBacklogIsFull_WaitsAndGivesUp()
    {
        using UnixSocket listener = Full();
        Assert.Equal(Errno.ETIMEDOUT, UnixSocket.ConnectWaiting(SocketPath, 20).Error);
    }

    [Fact]
    public async Task ConnectWaiting_OnceOneIsTaken_Connects()
    {
        using UnixSocket listener = Full();
        Task<Result<UnixSocket>> late = Task.Run(() => UnixSocket.ConnectWaiting(SocketPath, 60_000));
        Assert.True(listener.Accept().TryGet(out UnixSocket? taken));
        _clients.Add(taken);
        Assert.True((await late).TryGet(out UnixSocket? connected, out Errno error), error.ToString());
        _clients.Add(connected);
        // What it returns waits for nobody any more.
        Assert.Equal(Errno.EAGAIN, connected.Receive(new byte[1]).Error);
    }

    [Fact]
    public void ConnectWaiting_ToNobody_SaysSoAtOnce() => Assert.Equal(Errno.ENOENT, UnixSocket.ConnectWaiting(SocketPath, 60_000).Error);

    private UnixSocket Full()
    {
        Assert.True(UnixSocket.Listen(SocketPath, 0x180, backlog: 1).TryGet(out UnixSocket? listener, out Errno error), error.ToString());
        for (int i = 0; i < 16 && error.Ok; i++)
        {
            if (UnixSocket.Connect(SocketPath).TryGet(out UnixSocket? client, out error))
            {
                _clients.Add(client);
            }
        }

        Assert.Equal(Errno.EAGAIN, error);
        return listener;
    }
}
