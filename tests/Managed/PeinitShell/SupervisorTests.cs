// SPDX-License-Identifier: MIT
using System;
using Peinit.Boot;
using Peinit.Core;
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
