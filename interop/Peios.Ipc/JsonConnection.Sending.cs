// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>The sending half: what the client does not take at once waits in a bounded buffer.</summary>
public sealed partial class JsonConnection
{
    private byte[] _unsent = [];
    private int _unsentStart;

    /// <summary>Bytes accepted but not taken by the client yet.</summary>
    public int UnsentBytes { get; private set; }

    /// <summary>Bytes of memory that answers wait in.</summary>
    public int UnsentRoom => _unsent.Length;

    private void Transmit(ReadOnlySpan<byte> line)
    {
        if (Closed)
        {
            return;
        }

        if (UnsentBytes > 0)
        {
            Queue(line);
            return;
        }

        Result<int> sent = _socket.Send(line, CollectionsMarshal.AsSpan(_outgoing));
        if (!sent.TryGet(out int count, out Errno error))
        {
            if (error != Errno.EAGAIN || _outgoing.Count > 0)
            {
                Close();
                return;
            }

            count = 0;
        }

        if (count < line.Length)
        {
            Queue(line[count..]);
        }
        else if (_closing)
        {
            Close();
        }
    }

    private void Queue(ReadOnlySpan<byte> rest)
    {
        // A client that never reads must not cost memory without bound; descriptors cannot be queued at all.
        if (UnsentBytes + rest.Length > _server.Limits.UnsentBytes || _outgoing.Count > 0)
        {
            Close();
            return;
        }

        MakeRoom(rest.Length);
        rest.CopyTo(_unsent.AsSpan(_unsentStart + UnsentBytes));
        UnsentBytes += rest.Length;
        UpdateInterest();
    }

    // What the client took makes room for what follows: one that always leaves something would let the buffer grow for
    // ever. Half of it is free afterwards, so that moving costs little for each byte.
    private void MakeRoom(int bytes)
    {
        int needed = UnsentBytes + bytes;
        if (_unsentStart + needed <= _unsent.Length)
        {
            return;
        }

        byte[] target = needed * 2 <= _unsent.Length ? _unsent : new byte[needed * 2];
        _unsent.AsSpan(_unsentStart, UnsentBytes).CopyTo(target);
        _unsent = target;
        _unsentStart = 0;
    }

    private void Flush()
    {
        if (UnsentBytes == 0)
        {
            return;
        }

        if (!_socket.Send(_unsent.AsSpan(_unsentStart, UnsentBytes)).TryGet(out int count, out Errno error))
        {
            if (error != Errno.EAGAIN)
            {
                Close();
            }

            return;
        }

        _unsentStart += count;
        UnsentBytes -= count;
        LastActivity = Clock.Monotonic;
        if (UnsentBytes > 0)
        {
            return;
        }

        _unsent = [];
        _unsentStart = 0;
        if (_closing)
        {
            Close();
            return;
        }

        UpdateInterest();
        _server.Drained(this);
    }
}
