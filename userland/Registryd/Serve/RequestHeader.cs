// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Rsi;

namespace Registryd.Serve;

/// <summary>Header of a request (RSI-017).</summary>
/// <param name="RequestId">Number the response repeats.</param>
/// <param name="Operation">RSI operation.</param>
/// <param name="TransactionId">0 outside transactions.</param>
internal readonly record struct RequestHeader(ulong RequestId, ushort Operation, ulong TransactionId)
{
    /// <summary>Reads it; false for bytes that are no request.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out RequestHeader header, out ReadOnlySpan<byte> payload)
    {
        SpanReader reader = new(frame);
        uint total = reader.U32();
        header = new RequestHeader(reader.U64(), reader.U16(), reader.U64());
        payload = reader.Ok ? frame[(int)RsiAbi.RSI_REQUEST_HEADER_LEN..] : default;
        return reader.Ok && total == (uint)frame.Length;
    }
}
