// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Output;

/// <summary>The reading end of a job's stdout or stderr (PEINIT-411).</summary>
internal sealed class OutputPipe : EventSource
{
    private readonly OutputPump _pump;
    private readonly Fd _pipe;
    private readonly LineSplitter _lines = new();

    internal OutputPipe(OutputPump pump, Fd pipe, string origin, bool isError, string jobId, OutputAccount account)
    {
        _pump = pump;
        _pipe = pipe;
        Origin = origin;
        IsError = isError;
        JobId = jobId;
        Account = account;
        Handler = Line;
    }

    /// <inheritdoc/>
    public override int Priority => 3;

    /// <inheritdoc/>
    public override Fd Descriptor => _pipe;

    internal string Origin { get; }

    internal bool IsError { get; }

    internal string JobId { get; }

    internal OutputAccount Account { get; }

    private LineSplitter.LineHandler Handler { get; }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        if (_pump.MustPause(Account))
        {
            // Hang-ups are reported whatever is asked for, so a paused pipe leaves the set altogether.
            loop.Remove(this);
            Account.Pause(this);
            return;
        }

        Result<int> read = Files.Read(_pipe, _pump.Buffer);
        if (read.TryGet(out int count) && count > 0)
        {
            _lines.Add(_pump.Buffer.AsSpan(0, count), _pump.MaxLine, Handler);
            _pump.Flush();
            return;
        }

        if (read.Error != Errno.EAGAIN)
        {
            Finish();
        }
    }

    internal void Resume() => _ = _pump.Loop.Add(this, LoopEvents.Readable);

    /// <summary>The last writer is gone, or the pipe is given up: what is left counts as a line.</summary>
    internal void Finish()
    {
        _pump.Loop.Remove(this);
        Account.Forget(this);
        _lines.End(Handler);
        _pipe.Dispose();
        _pump.Forget(this);
        _pump.Flush();
    }

    private void Line(byte[] line) => _pump.Accept(this, line);
}
