// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Output;

/// <summary>
/// Carries every line from the jobs' pipes and from peinit itself to eventd, and keeps them in rings while there is no
/// eventd (PEINIT-411 to PEINIT-423).
/// </summary>
internal sealed class OutputPump
{
    private const int ServiceRing = 1 << 20;
    private const int OwnRing = 256 << 10;
    private const int Outbound = 1 << 20;
    private const int ReadBytes = 16 << 10;
    private const int LinesPerFlush = 64;

    private readonly LogBuffer _services = new(ServiceRing);
    private readonly LogBuffer _own = new(OwnRing);
    private readonly LogBuffer _outbound;
    private readonly HashSet<OutputPipe> _pipes = [];
    private readonly Dictionary<string, OutputAccount> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private EventdLink? _link;

    internal OutputPump(EventLoop loop)
    {
        Loop = loop;
        _outbound = new LogBuffer(Outbound) { OnDrop = Release };
    }

    internal EventLoop Loop { get; }

    /// <summary>Shared by all pipes: nothing is kept in it between two reads.</summary>
    internal byte[] Buffer { get; } = new byte[ReadBytes];

    /// <summary>MaxLogLineLength.</summary>
    internal int MaxLine { get; set; } = 8192;

    /// <summary>MaxLogBufferPerService.</summary>
    internal int MaxUnsent { get; set; } = 65536;

    /// <summary>True while lines go to eventd.</summary>
    internal bool Connected => _link is not null;

    /// <summary>Told when the connection broke by itself.</summary>
    internal Action? Lost { get; set; }

    /// <summary>Pipes that are open.</summary>
    internal IReadOnlyCollection<OutputPipe> Pipes => _pipes;

    /// <summary>Starts reading a job's pipe; owns it from here on.</summary>
    internal void Attach(Fd pipe, string service, string origin, bool isError, string jobId)
    {
        if (!_accounts.TryGetValue(service, out OutputAccount? account))
        {
            account = new OutputAccount(service);
            _accounts.Add(service, account);
        }

        OutputPipe source = new(this, pipe, origin, isError, jobId, account);
        account.Opened(source)?.Finish();
        _ = _pipes.Add(source);
        _ = Loop.Add(source, LoopEvents.Readable);
    }

    /// <summary>Adds a line of peinit's own.</summary>
    internal void AddOwn(string text, bool isError)
    {
        LogRecord record = new("peinit", isError, Encoding.UTF8.GetBytes(Printable.Of(text)), Clock.Realtime, null, null);
        Route(record, _own);
        Flush();
    }

    /// <summary>Sends what is waiting, as far as eventd takes it.</summary>
    internal void Flush() => _link?.Flush();

    /// <summary>eventd is ready: everything kept goes first, oldest first, then live lines (PEINIT-417).</summary>
    internal Errno Connect(string path)
    {
        Disconnect();
        if (!EventdLink.Open(this, path).TryGet(out EventdLink? link, out Errno error))
        {
            return error;
        }

        _link = link;
        ReportLoss(_services.TakeDropped() + _own.TakeDropped());
        Move(_services);
        Move(_own);
        link.Flush();
        return Errno.None;
    }

    /// <summary>eventd is gone: rings again; what was not sent goes back to the front of nothing, it is kept in order.</summary>
    internal void Disconnect()
    {
        if (_link is null)
        {
            return;
        }

        _link.Close();
        _link = null;
        while (_outbound.TryTake(out LogRecord record))
        {
            Release(record);
            (record.Account is null ? _own : _services).Add(record);
        }

        foreach (OutputAccount account in _accounts.Values)
        {
            account.ResumeAll();
        }
    }

    /// <summary>
    /// What services complained of last, oldest first, as long as no eventd has it: in Recovery mode the console is all that
    /// a person has.
    /// </summary>
    /// <param name="most">Lines at most.</param>
    internal string[] LastErrors(int most)
    {
        // The last words of a service that has ended may still be in its pipe.
        foreach (OutputPipe pipe in (OutputPipe[])[.. _pipes])
        {
            pipe.Ready(Loop, LoopEvents.Readable);
        }

        Queue<string> last = new();
        foreach (LogRecord record in _services.Records)
        {
            if (!record.IsError)
            {
                continue;
            }

            last.Enqueue($"{record.Origin}: {Encoding.UTF8.GetString(record.Message)}");
            if (last.Count > most)
            {
                _ = last.Dequeue();
            }
        }

        return [.. last];
    }

    /// <summary>Sends what the socket takes. Called by the link when it is writable.</summary>
    internal void FlushTo(EventdLink link)
    {
        Errno error = link.SendFrom(_outbound, Release);
        if (error.Ok)
        {
            ReportLoss(_outbound.TakeDropped());
            _outbound.Trim();
        }
        else if (error != Errno.EAGAIN)
        {
            Disconnect();
            Lost?.Invoke();
        }
    }

    internal bool MustPause(OutputAccount account) => Connected && !account.Exempt && account.Unsent >= MaxUnsent;

    internal void Accept(OutputPipe pipe, byte[] line)
    {
        LogRecord record = new(pipe.Origin, pipe.IsError, line, Clock.Realtime, pipe.JobId, pipe.Account);
        Route(record, _services);
        // One datagram for many lines: a service that writes nothing but newlines must not cost a call for each.
        if (_outbound.Count >= LinesPerFlush)
        {
            Flush();
        }
    }

    /// <summary>The service is gone; pipes that are still open keep their account.</summary>
    internal void ForgetService(string service) => _ = _accounts.Remove(service);

    internal void Forget(OutputPipe pipe) => _ = _pipes.Remove(pipe);

    private void Route(in LogRecord record, LogBuffer ring)
    {
        if (_link is null)
        {
            ring.Add(record);
            return;
        }

        record.Account?.Charge(record.Cost);
        _outbound.Add(record);
    }

    private void Move(LogBuffer ring)
    {
        while (ring.TryTake(out LogRecord record))
        {
            record.Account?.Charge(record.Cost);
            _outbound.Add(record);
        }

        ring.Trim();
    }

    private void Release(LogRecord record) => record.Account?.Release(record.Cost, MaxUnsent);

    // No loss is silent (PEINIT-422).
    private void ReportLoss(ulong dropped)
    {
        if (dropped > 0)
        {
            AddOwn($"{dropped} lines of output were dropped because they could not be sent in time", isError: true);
        }
    }
}
