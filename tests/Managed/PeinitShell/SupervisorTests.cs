// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Peinit.Boot;
using Peinit.Core;
using Peinit.Launch;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.PeinitShell;

public sealed class SupervisorTests
{
    [Fact]
    public void Source_ThatThrew_IsServedAgain()
    {
        Assert.True(EventLoop.Create().TryGet(out EventLoop? loop));
        using (loop)
        {
            _ = new Supervisor(loop, new Machine(1), new PeinitLog { OnConsole = false }, EarlyBootResult.Continue());
            Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
            using (write)
            using (read)
            {
                ThrowsOnce source = new(read!);
                Assert.True(loop.Add(source, LoopEvents.Readable).Ok);
                Assert.True(Files.Write(write!, "x"u8).Ok);
                // Without the second call this would never end: a signal source that is gone for good reaps nobody.
                for (int round = 0; source.Calls < 2; round++)
                {
                    Assert.True(round < 1000, "the source never came back");
                    Assert.True(loop.RunOnce(100).Ok);
                }
            }
        }
    }

    [Fact]
    [Rule("PEINIT-174")]
    public void Signal_ToAProcessThatIsGone_IsLogged()
    {
        Assert.True(EventLoop.Create().TryGet(out EventLoop? loop));
        using (loop)
        {
            Supervisor supervisor = new(loop, new Machine(1), new PeinitLog { OnConsole = false }, EarlyBootResult.Continue());
            using UnixSocket eventd = LogSocket(supervisor);
            Assert.True(Files.Open("/dev/null", Files.ReadOnly).TryGet(out Fd? devNull));
            ServiceDefinition web = new() { Name = "web", ImagePath = "/w" };
            new Launcher(supervisor, new TokenSource(supervisor, null, new AuthdClient(supervisor, "/nowhere")), new Cgroup("/nowhere"), devNull)
                .SendSignal(new Job(Guid.NewGuid(), new Service("web") { Model = web }, JobType.ServiceMain, web, null, 0), Signals.Terminate);
            byte[] record = new byte[4096];
            using MessageBuffer beside = new();
            Assert.True(eventd.Receive(record, beside).TryGet(out int length));
            Assert.Contains("web: signal 15 to pid 0 failed", Encoding.UTF8.GetString(record, 0, length), StringComparison.Ordinal);
        }
    }

    private static UnixSocket LogSocket(Supervisor supervisor)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("peinit");
        string path = Path.Combine(folder.FullName, "log.sock");
        Assert.True(UnixSocket.BindDatagram(path, 0x180, credentials: false).TryGet(out UnixSocket? socket));
        Assert.True(supervisor.Output.Connect(path).Ok);
        folder.Delete(recursive: true);
        return socket;
    }

    private sealed class ThrowsOnce(Fd fd) : EventSource
    {
        public override Fd Descriptor => fd;

        internal int Calls { get; private set; }

        public override void Ready(EventLoop loop, LoopEvents events)
        {
            if (++Calls == 1)
            {
                throw new InvalidOperationException("once");
            }

            loop.Remove(this);
        }
    }
}
