// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

public sealed partial class JsonServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jsonserver").FullName;
    private readonly EventLoop _loop;
    private readonly EchoServer _server;

    public JsonServerTests()
    {
        Assert.True(EventLoop.Create().TryGet(out _loop!));
        Assert.True(UnixSocket.Listen(SocketPath, 0x1B6).TryGet(out UnixSocket? listener));
        _server = new EchoServer(_loop, listener);
        Assert.True(_server.Start().Ok);
    }

    private string SocketPath => Path.Combine(_folder, "s");

    public void Dispose()
    {
        _server.Dispose();
        _loop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Rule("AUTH-003")]
    [Rule("AUTH-004")]
    public void Request_WithId_IsEchoed()
    {
        using Client client = Connect();
        client.Send("{\"command\":\"echo\",\"text\":\"hi\",\"id\":7}\n");
        Assert.Equal("{\"id\":7,\"status\":\"ok\",\"text\":\"hi\"}", client.Line());
    }

    [Fact]
    [Rule("AUTH-006")]
    [Rule("PEINIT-376")]
    public void Requests_Pipelined_AreAnsweredInOrderEvenWhenOneWaits()
    {
        using Client client = Connect();
        client.Send("{\"command\":\"later\"}\n{\"command\":\"echo\",\"text\":\"2\"}\n{\"command\":\"echo\",\"text\":\"3\"}\n");
        Run();
        Assert.Equal(string.Empty, client.Received);
        _server.Waiting[0].Succeed();
        Run();
        Assert.Equal("{\"status\":\"ok\"}\n{\"status\":\"ok\",\"text\":\"2\"}\n{\"status\":\"ok\",\"text\":\"3\"}\n", client.Received);
    }

    [Fact]
    [Rule("PEINIT-376")]
    public void Requests_MoreThanARoundTakes_AreAllAnswered()
    {
        using Client client = Connect();
        StringBuilder all = new();
        for (int i = 0; i < 100; i++)
        {
            _ = all.Append("{\"command\":\"echo\",\"text\":\"x\"}\n");
        }

        client.Send(all.ToString());
        Run(200);
        Assert.Equal(100, client.Received.Split('\n').Length - 1);
    }

    [Fact]
    public void Accept_ThatFails_IsNotAskedAgainAtOnce()
    {
        // A socket that is readable and has nothing to accept stands for one whose accept finds no free descriptor.
        string path = Path.Combine(_folder, "d");
        Assert.True(UnixSocket.BindDatagram(path, 0x1B6, credentials: false).TryGet(out UnixSocket? socket));
        using CountingServer server = new(_loop, socket);
        Assert.True(server.Start().Ok);
        Assert.True(UnixSocket.ConnectDatagram(path).TryGet(out UnixSocket? sender));
        using (sender)
        {
            Assert.True(sender.Send("x"u8).Ok);
            for (int i = 0; i < 100; i++)
            {
                Assert.True(_loop.RunOnce(0).Ok);
            }

            Assert.InRange(server.Rounds, 1, 20);
            while (server.Rounds < 2)
            {
                Assert.True(_loop.RunOnce(-1).Ok);
            }
        }
    }

    [Theory]
    [Rule("AUTH-005", "AUTH-003")]
    [InlineData("")]
    [InlineData("garbage \u0001\u0002")]
    [InlineData("[1,2]")]
    [InlineData("{}")]
    [InlineData("{\"command\":5}")]
    [InlineData("{\"command\":\"echo\",\"id\":-1}")]
    [InlineData("{\"command\":\"echo\",\"id\":9007199254740992}")]
    [InlineData("{\"command\":\"echo\",\"id\":\"x\"}")]
    public void Garbage_Line_IsRefusedAndTheConnectionLives(string line)
    {
        using Client client = Connect();
        client.Send(line + "\n");
        Assert.Contains("INVALID_REQUEST", client.Line(), StringComparison.Ordinal);
        client.Send("{\"command\":\"echo\",\"text\":\"alive\"}\n");
        Assert.Contains("alive", client.Line(), StringComparison.Ordinal);
    }

    [Fact]
    [Rule("AUTH-002")]
    [Rule("PEINIT-379")]
    public void Megabyte_WithoutLineFeed_IsTooLargeAndClosed()
    {
        using Client client = Connect();
        byte[] block = new byte[65536];
        for (int i = 0; i < 16; i++)
        {
            client.TrySend(block);
            Run(4);
        }

        Assert.Contains("REQUEST_TOO_LARGE", client.Received, StringComparison.Ordinal);
        Assert.Empty(_server.Connections);
    }

    [Fact]
    [Rule("AUTH-005")]
    public void Request_NestedTooDeeply_IsTooLargeAndClosed()
    {
        using Client client = Connect();
        client.Send("{\"command\":\"echo\",\"a\":" + new string('[', 16) + new string(']', 16) + "}\n");
        Assert.Contains("REQUEST_TOO_LARGE", client.Line(), StringComparison.Ordinal);
        Run();
        Assert.Empty(_server.Connections);
    }

    [Fact]
    public void HalfALine_ThenGone_LeavesNothing()
    {
        using (Client client = Connect())
        {
            client.Send("{\"command\":\"ec");
            Run();
            Assert.Single(_server.Connections);
        }

        Run();
        Assert.Empty(_server.Connections);
    }

    [Fact]
    [Rule("AUTH-012")]
    public void Connections_OneIdentity_AreLimited()
    {
        List<Client> clients = [];
        for (int i = 0; i < 9; i++)
        {
            clients.Add(Connect());
        }

        Run();
        Assert.Equal(8, _server.Connections.Count);
        Assert.Contains("TOO_MANY_CONNECTIONS", clients[8].Line(), StringComparison.Ordinal);
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    [Rule("AUTH-012")]
    public void Connections_Reserved_AreLeftForSystem()
    {
        _server.Limits = new JsonServerLimits { Connections = 4, Reserved = 2, PerIdentity = 10 };
        using Client a = Connect();
        using Client b = Connect();
        using Client c = Connect();
        Run();
        Assert.Equal(2, _server.Connections.Count);
        _server.Identity = "S-1-5-18";
        using Client d = Connect();
        Run();
        Assert.Equal(3, _server.Connections.Count);
    }

    [Fact]
    [Rule("AUTH-012", "PEINIT-379", "PEINIT-380")]
    public void Silence_LongerThanTheLimit_IsClosedUnlessARequestRuns()
    {
        _server.Limits = new JsonServerLimits { IdleNanoseconds = 1 };
        using Client silent = Connect();
        Run(50);
        Assert.Empty(_server.Connections);
        _server.Limits = new JsonServerLimits();
        using Client idle = Connect();
        using Client busy = Connect();
        busy.Send("{\"command\":\"later\"}\n");
        Run();
        Assert.Equal(2, _server.Connections.Count);

        // The new limit counts for those who are there already, and a request is still no silence.
        _server.Limits = new JsonServerLimits { IdleNanoseconds = 1 };
        Run(20);
        Assert.True(Assert.Single(_server.Connections).Busy);
    }

    [Fact]
    [Rule("PEINIT-378")]
    public void Identity_Unknown_IsRefused()
    {
        _server.Identity = null;
        using Client client = Connect();
        Assert.Contains("ACCESS_DENIED", client.Line(), StringComparison.Ordinal);
        Assert.Empty(_server.Connections);
    }

    [Fact]
    public void Handler_Throws_OnlyItsConnectionCloses()
    {
        using Client other = Connect();
        using Client client = Connect();
        client.Send("{\"command\":\"throw\"}\n");
        Run();
        Assert.Single(_server.Connections);
        Assert.Equal(1, _server.Faults);
        other.Send("{\"command\":\"echo\",\"text\":\"fine\"}\n");
        Assert.Contains("fine", other.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Client_ThatNeverReads_IsCutOff()
    {
        _server.Limits = new JsonServerLimits { UnsentBytes = 100_000 };
        using Client client = Connect();
        string big = new('y', 60_000);
        for (int i = 0; i < 20; i++)
        {
            client.TrySend(Encoding.UTF8.GetBytes("{\"command\":\"echo\",\"text\":\"" + big + "\"}\n"));
            Run(6);
        }

        Assert.Empty(_server.Connections);
    }

    [Fact]
    public void Client_ThatAlwaysLeavesSomething_CostsNoMoreThanItLeaves()
    {
        using Client client = Connect();
        byte[] request = Encoding.UTF8.GetBytes("{\"command\":\"echo\",\"text\":\"" + new string('y', 60_000) + "\"}\n");
        byte[] taken = new byte[60_000];
        int sent = 0;
        Run();
        while (sent < 20 << 20)
        {
            JsonConnection served = Assert.Single(_server.Connections);
            if (served.UnsentBytes < 600_000)
            {
                client.TrySend(request);
                sent += request.Length;
            }
            else
            {
                _ = client.Socket.Receive(taken);
            }

            Run(12);
            Assert.InRange(served.UnsentRoom, 0, 2 * _server.Limits.UnsentBytes);
        }
    }

    private Client Connect()
    {
        Assert.True(UnixSocket.Connect(SocketPath).TryGet(out UnixSocket? socket));
        return new Client(socket, Run);
    }

    private void Run() => Run(10);

    private void Run(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            Assert.True(_loop.RunOnce(0).Ok);
        }
    }

    private sealed class Client(UnixSocket socket, Action run) : IDisposable
    {
        private readonly StringBuilder _received = new();

        internal UnixSocket Socket => socket;

        internal string Received
        {
            get
            {
                byte[] buffer = new byte[65536];
                while (socket.Receive(buffer).TryGet(out int n) && n > 0)
                {
                    _ = _received.Append(Encoding.UTF8.GetString(buffer, 0, n));
                }

                return _received.ToString();
            }
        }

        public void Dispose() => socket.Dispose();

        internal void Send(string text) => Assert.True(socket.Send(Encoding.UTF8.GetBytes(text)).TryGet(out int n) && n > 0);

        internal void TrySend(byte[] data) => _ = socket.Send(data);

        internal string Line()
        {
            run();
            string all = Received;
            _ = _received.Clear();
            return all.TrimEnd('\n');
        }
    }

    private sealed class CountingServer(EventLoop loop, UnixSocket listener) : JsonServer(loop, listener, new JsonServerLimits())
    {
        internal int Rounds { get; private set; }

        public override void Ready(EventLoop loop, LoopEvents events)
        {
            Rounds++;
            base.Ready(loop, events);
        }

        protected override Result<PeerIdentity> Identify(UnixSocket socket) => Errno.EACCES;

        protected override void Handle(JsonConnection connection, string command, JsonObject request) => connection.Succeed();
    }

    private sealed class EchoServer(EventLoop loop, UnixSocket listener) : JsonServer(loop, listener, new JsonServerLimits())
    {
        internal List<JsonConnection> Waiting { get; } = [];

        internal string? Identity { get; set; } = "S-1-5-19";

        internal int Faults { get; private set; }

        protected override Result<PeerIdentity> Identify(UnixSocket socket) =>
            Identity is null ? Errno.EACCES : new PeerIdentity(null, Identity);

        protected override void Handle(JsonConnection connection, string command, JsonObject request)
        {
            switch (command)
            {
                case "echo":
                    _ = request.TryGetString("text", out string text);
                    Utf8JsonWriter writer = connection.BeginAnswer();
                    writer.WriteString("text", text);
                    connection.EndAnswer(writer);
                    break;
                case "later":
                    Waiting.Add(connection);
                    break;
                case "fd":
                    Assert.True(Files.Open("/dev/null", Files.ReadWrite).TryGet(out Fd? fd));
                    connection.AttachFd(fd);
                    connection.Succeed();
                    fd.Dispose();
                    break;
                case "throw":
                    throw new InvalidOperationException("on purpose");
                default:
                    connection.Fail(ErrorCodes.UnknownCommand, command);
                    break;
            }
        }

        protected override void OnFault(JsonConnection connection, Exception exception) => Faults++;
    }
}
