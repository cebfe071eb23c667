// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// One thread, one epoll set. Each round takes what is ready, runs the timers that are due, then the sources by
/// priority. A round allocates nothing. No exception leaves it: a source that throws is removed and told so.
/// </summary>
public sealed unsafe class EventLoop : IDisposable
{
    /// <summary>Number of priorities; 0 runs first.</summary>
    public const int Priorities = 4;

    private const int Batch = 64;

    private readonly Fd _epoll;
    private readonly List<EventSource?> _sources = new(64);
    private readonly List<uint> _generations = new(64);
    private readonly Stack<int> _free = new(64);
    private readonly List<LoopTimer> _timers = new(16);
    private readonly Libc.EpollEvent[] _events = new Libc.EpollEvent[Batch];
    private Action<EventSource?, Exception>? _fault;

    private EventLoop(Fd epoll) => _epoll = epoll;

    /// <summary>Set to end <see cref="Run"/> after the current round.</summary>
    public bool Stopping { get; set; }

    /// <summary>Makes a loop.</summary>
    public static Result<EventLoop> Create()
    {
        return Libc.Own(Libc.epoll_create1(Files.CloseOnExec)).TryGet(out Fd? fd, out Errno error)
            ? Result<EventLoop>.From(new EventLoop(fd))
            : error;
    }

    /// <summary>Called when a source threw and did not deal with it, and with null when a timer threw.</summary>
    public void OnFault(Action<EventSource?, Exception> handler) => _fault = handler;

    /// <summary>Watches a source.</summary>
    public Errno Add(EventSource source, LoopEvents events)
    {
        if (source.Slot >= 0)
        {
            return Errno.EEXIST;
        }

        if (!_free.TryPop(out int slot))
        {
            slot = _sources.Count;
            _sources.Add(null);
            _generations.Add(0);
        }

        Errno error = Control(1, source.Descriptor, events, slot);
        if (!error.Ok)
        {
            _free.Push(slot);
            return error;
        }

        _sources[slot] = source;
        source.Slot = slot;
        source.Interest = events;
        return Errno.None;
    }

    /// <summary>Changes what a source waits for; <see cref="LoopEvents.None"/> leaves errors and hang-ups.</summary>
    public Errno Modify(EventSource source, LoopEvents events)
    {
        if (source.Slot < 0)
        {
            return Errno.ENOENT;
        }

        source.Interest = events;
        return Control(3, source.Descriptor, events, source.Slot);
    }

    /// <summary>
    /// Watches a source again that was removed because it threw, for what it waited for. A source whose descriptor is
    /// closed stays away: its number may be somebody else's by now.
    /// </summary>
    public Errno Restore(EventSource source) =>
        source.Descriptor is null or { IsClosed: true } ? Errno.EBADF : Add(source, source.Interest);

    /// <summary>Stops watching; call it before the descriptor is closed. Harmless when not watched.</summary>
    public void Remove(EventSource source)
    {
        int slot = source.Slot;
        if (slot < 0)
        {
            return;
        }

        _ = Control(2, source.Descriptor, LoopEvents.None, slot);
        source.Slot = -1;
        _sources[slot] = null;
        // An event of this round that is already fetched carries the old generation.
        _generations[slot]++;
        _free.Push(slot);
    }

    /// <summary>Sets or moves a deadline, in nanoseconds of <see cref="Clock.Monotonic"/>.</summary>
    public void Schedule(LoopTimer timer, ulong deadline)
    {
        if (!timer.Armed)
        {
            _timers.Add(timer);
        }

        timer.Deadline = deadline == ulong.MaxValue ? deadline - 1 : deadline;
    }

    /// <summary>Drops a deadline; harmless when none is set.</summary>
    public void Cancel(LoopTimer timer)
    {
        if (timer.Armed)
        {
            timer.Deadline = ulong.MaxValue;
            _ = _timers.Remove(timer);
        }
    }

    /// <summary>Rounds until <see cref="Stopping"/>.</summary>
    /// <returns>None, or the error of epoll itself.</returns>
    public Errno Run()
    {
        while (!Stopping)
        {
            Errno error = RunOnce(-1);
            if (!error.Ok)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>One round.</summary>
    /// <param name="timeoutMs">Longest wait, -1 for none of its own.</param>
    public Errno RunOnce(int timeoutMs)
    {
        int count;
        fixed (Libc.EpollEvent* events = _events)
        {
            count = Libc.epoll_wait(_epoll.Raw, events, Batch, Wait(timeoutMs));
        }

        if (count < 0)
        {
            Errno error = Libc.LastError;
            return error == Errno.EINTR ? Errno.None : error;
        }

        for (int priority = 0; priority < Priorities; priority++)
        {
            for (int i = 0; i < count; i++)
            {
                Dispatch(_events[i], priority);
            }

            if (priority == 0)
            {
                RunTimers();
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private void Dispatch(in Libc.EpollEvent ev, int priority)
    {
        int slot = (int)(uint)ev.Data;
        EventSource? source = _sources[slot];
        if (source is null || _generations[slot] != (uint)(ev.Data >> 32) || source.Priority != priority)
        {
            return;
        }

        try
        {
            source.Ready(this, (LoopEvents)ev.Events);
        }
        catch (Exception e)
        {
            Remove(source);
            Fault(source, e);
        }
    }

    private void RunTimers()
    {
        if (_timers.Count == 0)
        {
            return;
        }

        ulong now = Clock.Monotonic;
        for (int i = _timers.Count - 1; i >= 0; i--)
        {
            // A timer may cancel others while it runs.
            if (i >= _timers.Count || _timers[i].Deadline > now)
            {
                continue;
            }

            LoopTimer timer = _timers[i];
            timer.Deadline = ulong.MaxValue;
            _timers.RemoveAt(i);
            try
            {
                timer.Expired(this, now);
            }
            catch (Exception e)
            {
                Fault(null, e);
            }
        }
    }

    private void Fault(EventSource? source, Exception exception)
    {
        try
        {
            if (source is not null && source.Faulted(exception))
            {
                return;
            }
        }
        catch (Exception second)
        {
            exception = second;
        }

        try
        {
            _fault?.Invoke(source, exception);
        }
        catch (Exception)
        {
            // The last handler failed too: the source is gone, and nothing may leave the loop.
        }
    }

    private int Wait(int timeoutMs)
    {
        ulong next = ulong.MaxValue;
        foreach (LoopTimer timer in _timers)
        {
            next = Math.Min(next, timer.Deadline);
        }

        if (next == ulong.MaxValue)
        {
            return timeoutMs;
        }

        ulong now = Clock.Monotonic;
        ulong ms = next <= now ? 0 : Math.Min((next - now + 999_999) / 1_000_000, int.MaxValue);
        return timeoutMs < 0 ? (int)ms : Math.Min(timeoutMs, (int)ms);
    }

    private Errno Control(int operation, Fd fd, LoopEvents events, int slot)
    {
        Libc.EpollEvent ev = new() { Events = (uint)events, Data = ((ulong)_generations[slot] << 32) | (uint)slot };
        return Libc.Check(Libc.epoll_ctl(_epoll.Raw, operation, fd.Raw, &ev));
    }
}
