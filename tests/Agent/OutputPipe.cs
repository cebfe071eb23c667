// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using Peios.Interop;
using Peios.Ipc;

namespace Agent;

/// <summary>Collects one output of a command.</summary>
internal sealed class OutputPipe : EventSource
{
    private readonly Fd _fd;
    private readonly ArrayBufferWriter<byte> _collected = new();

    /// <summary>Reads from <paramref name="fd"/> and closes it at the end.</summary>
    public OutputPipe(Fd fd) => _fd = fd;

    /// <inheritdoc/>
    public override Fd Descriptor => _fd;

    /// <summary>Everything read so far.</summary>
    public ReadOnlySpan<byte> Collected => _collected.WrittenSpan;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        if (!ReadOnce())
        {
            Close(loop);
        }
    }

    /// <summary>
    /// Takes what is in the pipe and closes it. Its end is not waited for: a program left behind may hold it for ever.
    /// </summary>
    public void Drain(EventLoop loop)
    {
        while (!_fd.IsClosed && Polling.Wait(_fd, Polling.Readable, 0).TryGet(out short ready) && ready != 0 && ReadOnce())
        {
        }

        Close(loop);
    }

    private bool ReadOnce()
    {
        bool some = Files.Read(_fd, _collected.GetSpan(65536)).TryGet(out int n) && n > 0;
        _collected.Advance(some ? n : 0);
        return some;
    }

    private void Close(EventLoop loop)
    {
        if (!_fd.IsClosed)
        {
            loop.Remove(this);
            _fd.Dispose();
        }
    }
}
