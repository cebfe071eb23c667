// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// What came beside the bytes of one received message: descriptors and the sender's credentials. Made once and
/// reused; descriptors nobody took are closed by the next receive.
/// </summary>
public sealed unsafe class MessageBuffer : IDisposable
{
    // Linux passes at most 253 descriptors in one message.
    private const int MaxFds = 253;

    // Room for all of them and for credentials: what has no room is closed by the kernel, in this process.
    private const int ControlBytes = 2048;

    private readonly int[] _fds = new int[MaxFds];
    private readonly byte[] _control = new byte[ControlBytes];

    /// <summary>Number of descriptors received.</summary>
    public int FdCount { get; private set; }

    /// <summary>The sender's pid as the kernel saw it, 0 when it did not say.</summary>
    public int SenderPid { get; private set; }

    /// <summary>Bytes or descriptors did not fit; what did arrive is here.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Takes ownership of one received descriptor.</summary>
    /// <param name="index">0 to <see cref="FdCount"/> - 1; each can be taken once.</param>
    public Fd? Take(int index)
    {
        if ((uint)index >= (uint)FdCount || _fds[index] < 0)
        {
            return null;
        }

        Fd fd = new(_fds[index]);
        _fds[index] = -1;
        return fd;
    }

    /// <summary>Closes every descriptor that was not taken.</summary>
    public void Clear()
    {
        int left = 0;
        for (int i = 0; i < FdCount; i++)
        {
            if (_fds[i] >= 0)
            {
                _fds[left++] = _fds[i];
            }
        }

        if (left > 0)
        {
            Strangers.Close(_fds.AsSpan(0, left));
        }

        FdCount = 0;
        SenderPid = 0;
        Truncated = false;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    internal Result<int> Receive(Fd socket, Span<byte> data)
    {
        Clear();
        fixed (byte* p = data)
        fixed (byte* control = _control)
        {
            Libc.Iovec vector = new() { Base = p, Length = (nuint)data.Length };
            Libc.Msghdr message = new()
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)_control.Length,
            };
            nint n;
            do
            {
                n = Libc.recvmsg(socket.Raw, &message, Libc.MsgDontWait | Libc.MsgCmsgCloseOnExec);
            }
            while (n < 0 && Libc.LastError == Errno.EINTR);
            if (n < 0)
            {
                return Libc.LastError;
            }

            Truncated = (message.Flags & (Libc.MsgControlTruncated | Libc.MsgTruncated)) != 0;
            Parse(control, message.ControlLength);
            return (int)n;
        }
    }

    private void Parse(byte* control, nuint length)
    {
        nuint at = 0;
        while (at + (nuint)sizeof(Libc.Cmsghdr) <= length)
        {
            Libc.Cmsghdr* header = (Libc.Cmsghdr*)(control + at);
            if (header->Length < (nuint)sizeof(Libc.Cmsghdr) || header->Length > length - at)
            {
                return;
            }

            byte* body = control + at + sizeof(Libc.Cmsghdr);
            nuint size = header->Length - (nuint)sizeof(Libc.Cmsghdr);
            if (header->Level == Libc.SolSocket && header->Type == Libc.ScmRights)
            {
                for (nuint i = 0; i + 4 <= size && FdCount < MaxFds; i += 4)
                {
                    _fds[FdCount++] = Unsafe.ReadUnaligned<int>(body + i);
                }
            }
            else if (header->Level == Libc.SolSocket && header->Type == Libc.ScmCredentials && size >= (nuint)sizeof(Libc.Ucred))
            {
                SenderPid = ((Libc.Ucred*)body)->Pid;
            }

            at += (header->Length + 7) & ~(nuint)7;
        }
    }
}
