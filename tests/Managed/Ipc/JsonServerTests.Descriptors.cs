// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

/// <summary>Lines with descriptors beside them.</summary>
public sealed partial class JsonServerTests
{
    [Fact]
    [Rule("AUTH-008")]
    public void Answer_WithDescriptor_CarriesExactlyIt()
    {
        using Client client = Connect();
        client.Send("{\"command\":\"fd\"}\n");
        using MessageBuffer beside = new();
        Run();
        byte[] buffer = new byte[256];
        Assert.True(client.Socket.Receive(buffer, beside).Ok);
        Assert.Equal(1, beside.FdCount);
        using Fd? fd = beside.Take(0);
        Assert.True(Files.Write(fd!, "x"u8).Ok);
    }

    [Theory]
    [Rule("AUTH-008")]
    [InlineData(8, 1)] // one more than may wait
    [InlineData(0, 250)] // nearly what one message can hold
    public void Descriptors_MoreThanEightThatNobodyAsksFor_EndTheConnectionAndAreClosed(int waiting, int more)
    {
        Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
        using Fd reading = read!;
        using Client client = Connect();
        using (write)
        {
            int[] many = new int[Math.Max(waiting, more)];
            Array.Fill(many, write!.Raw);
            Assert.True(client.Socket.Send("{\"command\":\"echo\",\"text\":\"alive\"}\n"u8, many.AsSpan(0, waiting)).Ok);
            Assert.Contains("alive", client.Line(), StringComparison.Ordinal);
            Assert.True(client.Socket.Send("{\"command\":\"echo\",\"text\":\"alive\"}\n"u8, many.AsSpan(0, more)).Ok);
        }

        Assert.Contains("INVALID_REQUEST", client.Line(), StringComparison.Ordinal);
        Assert.Empty(_server.Connections);
        AssertNobodyWrites(reading);
    }

    // End of file: nobody holds the writing end any more.
    private static void AssertNobodyWrites(Fd reading)
    {
        Assert.True(Polling.Wait(reading, Polling.Readable, 60_000).TryGet(out short events));
        Assert.NotEqual(0, events);
        Assert.Equal(0, Files.Read(reading, new byte[1]).TryGet(out int n) ? n : -1);
    }
}
