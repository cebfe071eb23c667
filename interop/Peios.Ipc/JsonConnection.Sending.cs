// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Runtime.InteropServices;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>The sending half: what the client does not take at once waits in a bounded buffer.</summary>
public sealed partial class JsonConnection
{
    private ArrayBufferWriter<byte>? _unsent;
    private int _sentOfUnsent;

    /// <summary>Bytes accepted but not taken by the client yet.</summary>
    public int UnsentBytes => _unsent is null ? 0 : _unsent.WrittenCount - _sentOfUnsent;

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
        _unsent ??= new ArrayBufferWriter<byte>(rest.Length);
        // A client that never reads must not cost memory without bound; descriptors cannot be queued at all.
        if (UnsentBytes + rest.Length > _server.Limits.UnsentBytes || _outgoing.Count > 0)
        {
            Close();
            return;
        }

        _unsent.Write(rest);
        UpdateInterest();
    }

    private void Flush()
    {
        if (_unsent is null || UnsentBytes == 0)
        {
            return;
        }

        if (!_socket.Send(_unsent.WrittenSpan[_sentOfUnsent..]).TryGet(out int count, out Errno error))
        {
            if (error != Errno.EAGAIN)
            {
                Close();
            }

            return;
        }

        _sentOfUnsent += count;
        LastActivity = Clock.Monotonic;
        if (UnsentBytes > 0)
        {
            return;
        }

        _unsent = null;
        _sentOfUnsent = 0;
        if (_closing)
        {
            Close();
            return;
        }

        UpdateInterest();
        _server.Drained(this);
    }
}
