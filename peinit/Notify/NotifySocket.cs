// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Notify;

/// <summary>
/// The socket behind <c>NOTIFY_SOCKET</c> (PEINIT-428 to PEINIT-434). The kernel names each sender; only the pid of a
/// child that has not been reaped gets through, and such a pid cannot be anybody else's.
/// </summary>
internal sealed class NotifySocket : EventSource
{
    internal const string Path = "/run/peinit/notify.sock";

    private const int PerRound = 32;
    private const int BeforeReaping = 1024;

    private readonly Supervisor _supervisor;
    private readonly UnixSocket _socket;
    private readonly MessageBuffer _beside = new();
    private readonly byte[] _buffer = new byte[NotifyMessage.MaxBytes];

    private NotifySocket(Supervisor supervisor, UnixSocket socket)
    {
        _supervisor = supervisor;
        _socket = socket;
    }

    /// <inheritdoc/>
    public override int Priority => 1;

    /// <inheritdoc/>
    public override Fd Descriptor => _socket.Fd;

    internal static Result<NotifySocket> Create(Supervisor supervisor, string path) =>
        UnixSocket.BindDatagram(path, 0x1B6, credentials: true).TryGet(out UnixSocket? socket, out Errno error)
            ? new NotifySocket(supervisor, socket)
            : error;

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        Drain(PerRound);
        _supervisor.Pump();
    }

    /// <summary>Takes what is queued, so that a last message counts (PEINIT-432). The queue holds fewer than this.</summary>
    internal void DrainBeforeReaping() => Drain(BeforeReaping);

    internal void Close()
    {
        _supervisor.Loop.Remove(this);
        _beside.Dispose();
        _socket.Dispose();
    }

    private void Drain(int budget)
    {
        while (budget-- > 0 && _socket.Receive(_buffer, _beside).TryGet(out int length))
        {
            int pid = _beside.SenderPid;
            bool whole = !_beside.Truncated && _beside.FdCount <= NotifyMessage.MaxFds;
            // The fd store is not built: descriptors without a place are closed (PEINIT-443).
            _beside.Clear();
            if (whole)
            {
                Deliver(pid, length);
            }
            else
            {
                _supervisor.Log.NotifyDropped(pid);
            }
        }
    }

    private void Deliver(int pid, int length)
    {
        if (!NotifyMessage.TryParse(_buffer.AsSpan(0, length), out NotifyFields fields, out string? malformed))
        {
            return;
        }

        if (malformed is not null)
        {
            _supervisor.Log.NotifyMalformed(pid, malformed);
        }

        _supervisor.Post(Input.Notify(pid, fields));
    }
}
