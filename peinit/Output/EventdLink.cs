// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Ipc;

namespace Peinit.Output;

/// <summary>
/// The connection to eventd's log socket: msgpack datagrams, one map, or an array of maps under load (PEINIT-418,
/// EVT-091). Never blocks; a full receiver makes it wait for writability.
/// </summary>
internal sealed class EventdLink : EventSource
{
    private const int MaxBatch = 64;
    private const int MaxDatagram = 16 << 10;
    private const int SendsPerRound = 16;

    private readonly OutputPump _pump;
    private readonly UnixSocket _socket;
    private readonly byte[] _datagram = new byte[MaxDatagram + (64 << 10)];
    private bool _waiting;
    private bool _flushing;

    private EventdLink(OutputPump pump, UnixSocket socket)
    {
        _pump = pump;
        _socket = socket;
    }

    /// <inheritdoc/>
    public override int Priority => 3;

    /// <inheritdoc/>
    public override Fd Descriptor => _socket.Fd;

    internal static Result<EventdLink> Open(OutputPump pump, string path)
    {
        if (!UnixSocket.ConnectDatagram(path).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        EventdLink link = new(pump, socket);
        error = pump.Loop.Add(link, LoopEvents.None);
        if (error.Ok)
        {
            return link;
        }

        socket.Dispose();
        return error;
    }

    /// <inheritdoc/>
    public override void Ready(EventLoop loop, LoopEvents events)
    {
        _waiting = false;
        _ = loop.Modify(this, LoopEvents.None);
        Flush();
    }

    /// <summary>Sends unless the socket is known to be full.</summary>
    internal void Flush()
    {
        // A lost-lines report made while sending adds a record and comes back here.
        if (_waiting || _flushing)
        {
            return;
        }

        _flushing = true;
        _pump.FlushTo(this);
        _flushing = false;
    }

    internal void Close()
    {
        _pump.Loop.Remove(this);
        _socket.Dispose();
    }

    /// <summary>Sends records from the head of a buffer.</summary>
    /// <returns>None when it is empty, EAGAIN when the rest has to wait, another error when the receiver is gone.</returns>
    internal Errno SendFrom(LogBuffer buffer, Action<LogRecord> sent)
    {
        for (int i = 0; i < SendsPerRound && buffer.Count > 0; i++)
        {
            int records = Encode(buffer, out int length);
            Errno error = _socket.Send(_datagram.AsSpan(0, length)).Error;
            if (error == Errno.EMSGSIZE || error == new Errno(105))
            {
                error = Errno.None;
            }

            if (!error.Ok)
            {
                return error == Errno.EAGAIN ? WaitForRoom() : error;
            }

            for (; records > 0 && buffer.TryTake(out LogRecord record); records--)
            {
                sent(record);
            }
        }

        return buffer.Count > 0 ? WaitForRoom() : Errno.None;
    }

    private Errno WaitForRoom()
    {
        _waiting = true;
        _ = _pump.Loop.Modify(this, LoopEvents.Writable);
        return Errno.EAGAIN;
    }

    private int Encode(LogBuffer buffer, out int length)
    {
        length = 0;
        int count = 0;
        int body = 3;
        foreach (LogRecord record in buffer.Records)
        {
            int room = record.Cost + record.Origin.Length * 3 + 160;
            if (count == MaxBatch || (count > 0 && body + room > MaxDatagram) || body + room > _datagram.Length)
            {
                break;
            }

            body += LogWire.Write(record, _datagram.AsSpan(body));
            count++;
        }

        if (count == 0)
        {
            // Longer than any datagram: only a line limit of more than 64 KB makes one. It is dropped here.
            return 1;
        }

        if (count == 1)
        {
            _datagram.AsSpan(3, body - 3).CopyTo(_datagram);
            length = body - 3;
            return 1;
        }

        _datagram[0] = 0xDC;
        _datagram[1] = (byte)(count >> 8);
        _datagram[2] = (byte)count;
        length = body;
        return count;
    }
}
