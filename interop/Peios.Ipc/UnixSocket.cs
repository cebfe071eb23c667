// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// Non-blocking AF_UNIX sockets, stream and datagram, with descriptors and credentials. No call waits; no call
/// raises SIGPIPE; every descriptor is close-on-exec.
/// </summary>
public sealed unsafe class UnixSocket : IDisposable
{
    private const int Flags = Libc.SockNonBlocking | Libc.SockCloseOnExec;

    private readonly bool _named;
    private MessageBuffer? _beside;

    /// <summary>Takes ownership of a connected socket.</summary>
    public UnixSocket(Fd fd) => Fd = fd;

    private UnixSocket(Fd fd, bool named)
        : this(fd) => _named = named;

    /// <summary>The descriptor; owned by this object.</summary>
    public Fd Fd { get; }

    /// <summary>The peer's pid at connect time, for events and logs only; 0 when unknown. It identifies nobody.</summary>
    public int PeerPid
    {
        get
        {
            Libc.Ucred peer;
            uint length = (uint)sizeof(Libc.Ucred);
            return Libc.getsockopt(Fd.Raw, Libc.SolSocket, Libc.SoPeerCredentials, &peer, &length) < 0 ? 0 : peer.Pid;
        }
    }

    /// <summary>A listening stream socket; a left-over name is replaced.</summary>
    /// <param name="path">Absolute path, at most 107 bytes.</param>
    /// <param name="mode">Permission bits of the socket file.</param>
    /// <param name="backlog">Connections the kernel holds before they are accepted.</param>
    public static Result<UnixSocket> Listen(string path, int mode, int backlog = 64)
    {
        if (!Bind(path, mode, Libc.SockStream).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        error = Libc.Check(Libc.listen(socket.Fd.Raw, backlog));
        if (error.Ok)
        {
            return socket;
        }

        socket.Dispose();
        return error;
    }

    /// <summary>A bound datagram socket; a left-over name is replaced.</summary>
    /// <param name="path">Absolute path, at most 107 bytes.</param>
    /// <param name="mode">Permission bits of the socket file.</param>
    /// <param name="credentials">Ask the kernel for each sender's pid.</param>
    public static Result<UnixSocket> BindDatagram(string path, int mode, bool credentials)
    {
        if (!Bind(path, mode, Libc.SockDatagram).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        int one = 1;
        error = credentials
            ? Libc.Check(Libc.setsockopt(socket.Fd.Raw, Libc.SolSocket, Libc.SoPassCredentials, &one, 4))
            : Errno.None;
        if (error.Ok)
        {
            return socket;
        }

        socket.Dispose();
        return error;
    }

    /// <summary>A connected stream socket. EAGAIN means that the listener's backlog is full.</summary>
    public static Result<UnixSocket> Connect(string path) => Connect(path, Libc.SockStream, 0);

    /// <summary>
    /// A connected stream socket, for programs that may wait: while the backlog is full the kernel queues the caller.
    /// ETIMEDOUT after <paramref name="timeoutMs"/>.
    /// </summary>
    public static Result<UnixSocket> ConnectWaiting(string path, int timeoutMs)
    {
        Result<UnixSocket> socket = Connect(path, Libc.SockStream, Math.Max(timeoutMs, 1));
        return socket.Error == Errno.EAGAIN ? Errno.ETIMEDOUT : socket;
    }

    /// <summary>A datagram socket connected to a receiver.</summary>
    public static Result<UnixSocket> ConnectDatagram(string path) => Connect(path, Libc.SockDatagram, 0);

    /// <summary>Two connected stream sockets.</summary>
    public static Errno Pair(out UnixSocket? first, out UnixSocket? second)
    {
        int* fds = stackalloc int[2];
        Errno error = Libc.Check(Libc.socketpair(Libc.AfUnix, Libc.SockStream | Flags, 0, fds));
        first = error.Ok ? new UnixSocket(new Fd(fds[0])) : null;
        second = error.Ok ? new UnixSocket(new Fd(fds[1])) : null;
        return error;
    }

    /// <summary>
    /// Takes nothing more in: senders get EPIPE. What has arrived can still be received, then comes EAGAIN; whoever waits
    /// for the descriptor is woken.
    /// </summary>
    public Errno CloseInput() => Libc.Check(Libc.shutdown(Fd.Raw, Libc.ShutRead));

    /// <summary>Takes the next connection; EAGAIN when there is none.</summary>
    public Result<UnixSocket> Accept()
    {
        int fd = Libc.accept4(Fd.Raw, null, null, Flags);
        return fd < 0 ? Libc.LastError : new UnixSocket(new Fd(fd));
    }

    /// <summary>Reads what is there; 0 is end of stream. Descriptors sent along are closed.</summary>
    public Result<int> Receive(Span<byte> data)
    {
        // Not recv(): the kernel would close the descriptors in this thread, and that may wait.
        _beside ??= new MessageBuffer();
        Result<int> read = _beside.Receive(Fd, data);
        _beside.Clear();
        return read;
    }

    /// <summary>Reads one message with descriptors and credentials.</summary>
    public Result<int> Receive(Span<byte> data, MessageBuffer beside) => beside.Receive(Fd, data);

    /// <summary>Sends what fits; may be short on a stream.</summary>
    public Result<int> Send(ReadOnlySpan<byte> data)
    {
        fixed (byte* p = data)
        {
            nint n;
            do
            {
                n = Libc.send(Fd.Raw, p, (nuint)data.Length, Libc.MsgDontWait | Libc.MsgNoSignal);
            }
            while (n < 0 && Libc.LastError == Errno.EINTR);
            return n < 0 ? Libc.LastError : (int)n;
        }
    }

    /// <summary>Sends bytes and descriptors in one message (AUTH-008); the caller keeps its descriptors.</summary>
    public Result<int> Send(ReadOnlySpan<byte> data, ReadOnlySpan<int> fds)
    {
        if (fds.IsEmpty)
        {
            return Send(data);
        }

        int space = sizeof(Libc.Cmsghdr) + ((fds.Length * 4 + 7) & ~7);
        byte* control = stackalloc byte[space];
        new Span<byte>(control, space).Clear();
        Libc.Cmsghdr* header = (Libc.Cmsghdr*)control;
        header->Length = (nuint)(sizeof(Libc.Cmsghdr) + (fds.Length * 4));
        header->Level = Libc.SolSocket;
        header->Type = Libc.ScmRights;
        fds.CopyTo(new Span<int>(control + sizeof(Libc.Cmsghdr), fds.Length));
        fixed (byte* p = data)
        {
            Libc.Iovec vector = new() { Base = p, Length = (nuint)data.Length };
            Libc.Msghdr message = new()
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)space,
            };
            nint n = Libc.sendmsg(Fd.Raw, &message, Libc.MsgDontWait | Libc.MsgNoSignal);
            return n < 0 ? Libc.LastError : (int)n;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Fd.IsClosed)
        {
            return;
        }

        // Closing a socket also closes the descriptors in messages nobody has read. After the shutdown nothing can be
        // added, and others find it closed at once; the end of a stream right there means that nothing is left in it.
        byte next;
        bool empty = Libc.shutdown(Fd.Raw, Libc.ShutReadWrite) == 0 && !_named
            && Libc.recv(Fd.Raw, &next, 1, Libc.MsgPeek | Libc.MsgDontWait) == 0;
        if (empty)
        {
            Fd.Dispose();
        }
        else
        {
            Strangers.Close(Fd);
        }
    }

    private static Result<UnixSocket> Bind(string path, int mode, int type)
    {
        if (!Address(path, out Libc.SockaddrUn address, out uint length))
        {
            return Errno.EINVAL;
        }

        if (!Libc.Own(Libc.socket(Libc.AfUnix, type | Flags, 0)).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        _ = Libc.unlink(path);
        error = Libc.Check(Libc.bind(fd.Raw, &address, length));
        error = error.Ok ? Files.ChangeMode(path, mode) : error;
        if (error.Ok)
        {
            return new UnixSocket(fd, named: true);
        }

        fd.Dispose();
        return error;
    }

    private static Result<UnixSocket> Connect(string path, int type, int waitMs)
    {
        if (!Address(path, out Libc.SockaddrUn address, out uint length))
        {
            return Errno.EINVAL;
        }

        if (!Libc.Own(Libc.socket(Libc.AfUnix, type | (waitMs > 0 ? Libc.SockCloseOnExec : Flags), 0)).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        if (waitMs > 0)
        {
            // A connect waits as long as a send may. Seconds and microseconds, both as long.
            long* patience = stackalloc long[] { waitMs / 1000, waitMs % 1000 * 1000 };
            error = Libc.Check(Libc.setsockopt(fd.Raw, Libc.SolSocket, Libc.SoSendTimeout, patience, 16));
        }

        error = error.Ok ? Libc.Check(Libc.connect(fd.Raw, &address, length)) : error;
        error = error.Ok && waitMs > 0 ? Files.SetNonBlocking(fd) : error;
        if (error.Ok)
        {
            return new UnixSocket(fd);
        }

        fd.Dispose();
        return error;
    }

    private static bool Address(string path, out Libc.SockaddrUn address, out uint length)
    {
        address = default;
        address.Family = Libc.AfUnix;
        length = 0;
        int count = Encoding.UTF8.GetByteCount(path);
        if (count is 0 or > 107)
        {
            return false;
        }

        fixed (byte* p = address.Path)
        {
            _ = Encoding.UTF8.GetBytes(path, new Span<byte>(p, 107));
        }

        length = (uint)(2 + count + 1);
        return true;
    }
}
