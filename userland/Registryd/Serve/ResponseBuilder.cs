// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Peios.Interop.Rsi;

namespace Registryd.Serve;

/// <summary>Builds one response after another in a buffer that grows and is given up again when it got large.</summary>
internal sealed class ResponseBuilder
{
    /// <summary>Bytes that a list of values or children may have.</summary>
    public const int ListLimit = 32 << 20;

    private const int Small = 4096;
    private const int KeepAtMost = 1 << 20;
    private const int StatusAt = (int)RsiAbi.RSI_RESPONSE_HEADER_LEN;

    /// <summary>Room for the largest value there can be (LCS-329: 64 MiB) and all around it.</summary>
    private const int Largest = 65 << 20;

    private byte[] _buffer = new byte[Small];
    private int _length;
    private int _limit = Largest;

    /// <summary>Something did not fit; what was begun ends as RSI_TOO_LARGE.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>The finished frame.</summary>
    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(0, _length);

    /// <summary>Bytes written so far.</summary>
    public int Position => _length;

    /// <summary>Starts a response.</summary>
    public void Begin(ulong requestId, ushort operation)
    {
        if (_buffer.Length > KeepAtMost)
        {
            _buffer = new byte[Small];
        }

        _length = 0;
        _limit = Largest;
        Overflowed = false;
        U32(0);
        U64(requestId);
        U16((ushort)(operation | RsiAbi.RSI_RESPONSE_BIT));
        U32(0);
    }

    /// <summary>
    /// From here on the response is a list, of which somebody may have made any number of rows: whoever may write to one
    /// key must not use up the memory of the process that serves all.
    /// </summary>
    public void LimitList() => _limit = ListLimit;

    /// <summary>Ends it: a failure carries the status and nothing else (RSI-018).</summary>
    public void End(RsiStatus status)
    {
        status = status == RsiStatus.Ok && Overflowed ? RsiStatus.TooLarge : status;
        if (status != RsiStatus.Ok)
        {
            _length = StatusAt + 4;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(StatusAt), (uint)status);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)_length);
    }

    /// <summary>Appends one byte.</summary>
    public void U8(byte value) => Take(1)[0] = value;

    /// <summary>Appends a u16.</summary>
    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    /// <summary>Appends a u32.</summary>
    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Appends a u64.</summary>
    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Appends bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Appends a u32 length and the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        U32((uint)value.Length);
        Raw(value);
    }

    /// <summary>Appends a count to be filled in by <see cref="SetCount"/>.</summary>
    public int ReserveCount()
    {
        int at = _length;
        U32(0);
        return at;
    }

    /// <summary>Fills in a count.</summary>
    public void SetCount(int at, int count)
    {
        if (!Overflowed)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(at), (uint)count);
        }
    }

    private Span<byte> Take(int count)
    {
        if (count > _limit - _length)
        {
            // Written and forgotten; End() says so.
            Overflowed = true;
            return new byte[count];
        }

        int need = _length + count;
        if (need > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(need, Math.Min(_buffer.Length * 2, _limit)));
        }

        Span<byte> view = _buffer.AsSpan(_length, count);
        _length = need;
        return view;
    }
}
