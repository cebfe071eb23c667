// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peinit.Output;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>
/// Lines for a terminal that is opened for each write and never waited for (HAZ-039). A terminal refuses while somebody
/// else writes to it, so what it did not take is offered again for a while, in order; what does not fit is dropped.
/// </summary>
internal sealed class ConsoleWriter(string path) : LoopTimer
{
    internal const int MaxPending = 16384;
    internal const int Attempts = 100;
    private const ulong RetryNanoseconds = 50_000_000;

    private byte[] _pending = [];
    private int _attempts;

    /// <summary>Where to wait for another attempt; without it there is one attempt.</summary>
    internal EventLoop? Loop { get; set; }

    /// <summary>Bytes that the terminal has not taken yet.</summary>
    internal int Pending => _pending.Length;

    internal void WriteLine(string text)
    {
        byte[] line = Encoding.UTF8.GetBytes($"peinit: {Printable.Of(text)}\r\n");
        if (_pending.Length + line.Length <= MaxPending)
        {
            _pending = [.. _pending, .. line];
        }

        Offer();
    }

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now)
    {
        _attempts++;
        Offer();
    }

    private void Offer()
    {
        int written = 0;
        if (Files.Open(path, Files.WriteOnly | Files.NoTerminal | Files.NonBlocking).TryGet(out Fd? fd))
        {
            using (fd)
            {
                _ = Files.Write(fd, _pending).TryGet(out written);
            }
        }

        _pending = _pending[written..];
        _attempts = written > 0 ? 0 : _attempts;
        if (_pending.Length == 0 || _attempts >= Attempts || Loop is null)
        {
            _pending = [];
            _attempts = 0;
        }
        else if (!Armed)
        {
            Loop.Schedule(this, Clock.Monotonic + RetryNanoseconds);
        }
    }
}
