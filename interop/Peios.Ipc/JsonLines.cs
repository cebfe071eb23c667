// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// Cuts a byte stream into lines ended by LF, with a limit. The buffer starts small and grows to the limit only for
/// a client that sends much; a line over the limit is an error that stays.
/// </summary>
public sealed class JsonLines
{
    private const int Initial = 512;

    private readonly int _limit;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _scanned;

    /// <summary>Makes a cutter.</summary>
    /// <param name="limit">Longest line in bytes, LF included.</param>
    public JsonLines(int limit) => _limit = limit;

    /// <summary>A line was longer than the limit; nothing more can be read.</summary>
    public bool TooLong { get; private set; }

    /// <summary>True when bytes of an unfinished line are held.</summary>
    public bool Partial => _end > _start;

    /// <summary>Reads once from the socket.</summary>
    /// <param name="socket">A stream.</param>
    /// <param name="beside">Receives descriptors, or null when none are expected.</param>
    /// <returns>Bytes read, 0 at the end of the stream, EMSGSIZE when <see cref="TooLong"/>.</returns>
    public Result<int> Fill(UnixSocket socket, MessageBuffer? beside = null)
    {
        MakeRoom();
        Span<byte> room = _buffer.AsSpan(_end);
        if (TooLong || room.IsEmpty)
        {
            TooLong = true;
            return Errno.EMSGSIZE;
        }

        Result<int> read = beside is null ? socket.Receive(room) : socket.Receive(room, beside);
        if (read.TryGet(out int n))
        {
            _end += n;
        }

        return read;
    }

    /// <summary>Adds bytes that came from elsewhere; what does not fit sets <see cref="TooLong"/>.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && !TooLong)
        {
            MakeRoom();
            int n = Math.Min(data.Length, _buffer.Length - _end);
            TooLong = n == 0;
            data[..n].CopyTo(_buffer.AsSpan(_end));
            _end += n;
            data = data[n..];
        }
    }

    /// <summary>Takes the next whole line without its LF. The span is valid until the next call on this object.</summary>
    public bool TryTake(out ReadOnlySpan<byte> line)
    {
        line = default;
        int at = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
        if (at < 0)
        {
            _scanned = _end;
            TooLong |= _end - _start >= _limit;
            return false;
        }

        int lf = _scanned + at;
        if (lf - _start + 1 > _limit)
        {
            TooLong = true;
            return false;
        }

        line = _buffer.AsSpan(_start, lf - _start);
        _start = lf + 1;
        _scanned = _start;
        return true;
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = _scanned = 0;
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _scanned -= _start;
            _start = 0;
            return;
        }

        int size = Math.Min(_limit, Math.Max(Initial, _buffer.Length * 2));
        if (size > _buffer.Length)
        {
            Array.Resize(ref _buffer, size);
        }
    }
}
