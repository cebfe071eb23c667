// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;

namespace Peinit.Boot;

/// <summary>Brings <c>lo</c> up with one netlink request (PEINIT-047).</summary>
internal static unsafe class Loopback
{
    private const int Length = 32;

    internal static Errno Up()
    {
        int raw = Libc.socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloseOnExec, 0);
        if (raw < 0)
        {
            return Libc.LastError;
        }

        using Fd fd = new(raw);
        Span<byte> request = stackalloc byte[Length];
        Build(request);
        fixed (byte* p = request)
        {
            if (Libc.send(raw, p, Length, Libc.MsgNoSignal) < 0)
            {
                return Libc.LastError;
            }

            // The kernel handles the request inside send: the answer is there.
            byte* answer = stackalloc byte[256];
            nint n = Libc.recv(raw, answer, 256, Libc.MsgDontWait);
            return n < 0 ? Libc.LastError : ParseAnswer(new ReadOnlySpan<byte>(answer, (int)n));
        }
    }

    /// <summary>RTM_NEWLINK for index 1 with IFF_UP, asking for an acknowledgement.</summary>
    internal static void Build(Span<byte> destination)
    {
        SpanWriter w = new(destination);
        w.U32(Length);
        w.U16(16);
        w.U16(0x1 | 0x4);
        w.U32(1);
        w.U32(0);
        w.U16(0);
        w.U16(0);
        w.U32(1);
        w.U32(1);
        w.U32(1);
    }

    /// <summary>NLMSG_ERROR carries a negative errno, 0 for success.</summary>
    internal static Errno ParseAnswer(ReadOnlySpan<byte> answer)
    {
        SpanReader r = new(answer);
        _ = r.U32();
        ushort type = r.U16();
        r.Skip(10);
        int error = (int)r.U32();
        return r.Ok && type == 2 ? new Errno(-error) : Errno.EPROTO;
    }
}
