// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Ipc;

namespace Agent;

/// <summary>Feeds a command's standard input, then closes it.</summary>
internal sealed class InputPipe : EventSource
{
    // A pipe that is ready for writing takes at least this much without blocking.
    private const int AtomicBytes = 4096;
    private readonly Fd _fd;
    private readonly byte[] _input;
    private int _sent;

    /// <summary>Writes <paramref name="input"/> to <paramref name="fd"/>.</summary>
    public InputPipe(Fd fd, byte[] input)
    {
        _fd = fd;
        _input = input;
    }

    /// <inheritdoc/>
    public override Fd Descriptor => _fd;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        int count = Math.Min(AtomicBytes, _input.Length - _sent);
        bool written = count > 0 && Files.Write(_fd, _input.AsSpan(_sent, count)).TryGet(out count);
        _sent += written ? count : 0;
        if (!written || _sent == _input.Length)
        {
            Close(loop);
        }
    }

    /// <summary>Ends the input; harmless when it has ended.</summary>
    public void Close(EventLoop loop)
    {
        if (!_fd.IsClosed)
        {
            loop.Remove(this);
            _fd.Dispose();
        }
    }
}
