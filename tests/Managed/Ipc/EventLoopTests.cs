// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Ipc;
using Xunit;

namespace Peios.Tests.Ipc;

public sealed class EventLoopTests : IDisposable
{
    private readonly EventLoop _loop;
    private readonly List<string> _order = [];

    public EventLoopTests() => Assert.True(EventLoop.Create().TryGet(out _loop!));

    public void Dispose() => _loop.Dispose();

    [Fact]
    [Rule("PEINIT-009")]
    public void Round_SeveralReady_RunByPriority()
    {
        using Pipe low = new(this, "low", 3);
        using Pipe high = new(this, "high", 0);
        using Pipe middle = new(this, "middle", 1);
        low.Write();
        middle.Write();
        high.Write();
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.Equal(["high", "middle", "low"], _order);
    }

    [Fact]
    public void Source_Throws_IsRemovedAndOthersRun()
    {
        using Pipe bad = new(this, "bad", 0) { Throws = true };
        using Pipe good = new(this, "good", 1);
        int faults = 0;
        _loop.OnFault((_, _) => faults++);
        bad.Write();
        good.Write();
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.Equal(1, faults);
        Assert.False(bad.Registered);
        Assert.Equal(["bad", "good"], _order);
    }

    [Fact]
    public void Source_RestoredAfterAFault_RunsAgainForWhatItWaitedFor()
    {
        using Pipe bad = new(this, "bad", 0) { Throws = true };
        bad.Write();
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.False(bad.Registered);
        bad.Throws = false;
        Assert.True(_loop.Restore(bad).Ok);
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.Equal(["bad", "bad"], _order);
        Assert.Equal(Errno.EEXIST, _loop.Restore(bad));
    }

    [Fact]
    public void Source_ClosedAfterAFault_IsNotRestored()
    {
        Pipe bad = new(this, "bad", 0) { Throws = true };
        bad.Write();
        Assert.True(_loop.RunOnce(0).Ok);
        bad.Dispose();
        Assert.Equal(Errno.EBADF, _loop.Restore(bad));
    }

    [Fact]
    public void FaultHandler_ThrowsToo_LoopGoesOn()
    {
        using Pipe bad = new(this, "bad", 0) { Throws = true };
        _loop.OnFault((_, _) => throw new InvalidOperationException("again"));
        bad.Write();
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.True(_loop.RunOnce(0).Ok);
    }

    [Fact]
    public void Source_RemovedByAnotherInTheSameRound_DoesNotRun()
    {
        using Pipe victim = new(this, "victim", 2);
        using Pipe killer = new(this, "killer", 0) { Removes = victim };
        using Pipe heir = new(this, "heir", 2, add: false);
        victim.Write();
        killer.Write();
        killer.Adds = heir;
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.Equal(["killer"], _order);
    }

    [Fact]
    public void Timers_Due_RunOnceAndMayArmAgain()
    {
        Timer timer = new(this);
        _loop.Schedule(timer, 0);
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.Equal(["timer"], _order);
        _loop.Schedule(timer, Clock.Monotonic + 1_000_000);
        while (timer.Armed)
        {
            Assert.True(_loop.RunOnce(-1).Ok);
        }

        Assert.Equal(2, _order.Count);
    }

    [Fact]
    public void Timer_Cancelled_DoesNotRun()
    {
        Timer timer = new(this);
        _loop.Schedule(timer, 0);
        _loop.Cancel(timer);
        _loop.Cancel(timer);
        Assert.True(_loop.RunOnce(0).Ok);
        Assert.Empty(_order);
    }

    [Fact]
    public void Round_Steady_AllocatesNothing()
    {
        using Quiet quiet = new();
        Assert.True(_loop.Add(quiet, LoopEvents.Readable).Ok);
        for (int i = 0; i < 50; i++)
        {
            quiet.Write();
            _ = _loop.RunOnce(0);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++)
        {
            quiet.Write();
            _ = _loop.RunOnce(0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        _loop.Remove(quiet);
    }

    private sealed class Timer(EventLoopTests test) : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now) => test._order.Add("timer");
    }

    private sealed class Quiet : EventSource, IDisposable
    {
        private readonly Fd _read;
        private readonly Fd _write;

        internal Quiet()
        {
            Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
            (_read, _write) = (read!, write!);
        }

        public override Fd Descriptor => _read;

        public void Dispose()
        {
            _read.Dispose();
            _write.Dispose();
        }

        public override void Ready(EventLoop loop, LoopEvents events)
        {
            Span<byte> buffer = stackalloc byte[8];
            _ = Files.Read(_read, buffer);
        }

        internal void Write() => _ = Files.Write(_write, "x"u8);
    }

    private sealed class Pipe : EventSource, IDisposable
    {
        private readonly EventLoopTests _test;
        private readonly string _name;
        private readonly int _priority;
        private readonly Fd _read;
        private readonly Fd _write;

        internal Pipe(EventLoopTests test, string name, int priority, bool add = true)
        {
            (_test, _name, _priority) = (test, name, priority);
            Assert.True(Files.Pipe(out Fd? read, out Fd? write, nonBlocking: true).Ok);
            (_read, _write) = (read!, write!);
            if (add)
            {
                Assert.True(test._loop.Add(this, LoopEvents.Readable).Ok);
            }
        }

        public override int Priority => _priority;

        public override Fd Descriptor => _read;

        internal bool Throws { get; set; }

        internal Pipe? Removes { get; init; }

        internal Pipe? Adds { get; set; }

        public void Dispose()
        {
            _test._loop.Remove(this);
            _read.Dispose();
            _write.Dispose();
        }

        public override void Ready(EventLoop loop, LoopEvents events)
        {
            _test._order.Add(_name);
            if (Removes is not null)
            {
                loop.Remove(Removes);
            }

            if (Adds is not null)
            {
                // Takes the slot that has just become free: the old event must not reach it.
                Assert.True(loop.Add(Adds, LoopEvents.Readable).Ok);
            }

            if (Throws)
            {
                throw new InvalidOperationException("on purpose");
            }
        }

        internal void Write() => Assert.True(Files.Write(_write, "x"u8).Ok);
    }
}
