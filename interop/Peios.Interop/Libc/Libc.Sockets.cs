// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop;

internal static unsafe partial class Libc
{
    internal const int AfUnix = 1;
    internal const int AfNetlink = 16;
    internal const int SockStream = 1;
    internal const int SockDatagram = 2;
    internal const int SockRaw = 3;
    internal const int SockNonBlocking = 0x800;
    internal const int SockCloseOnExec = 0x80000;
    internal const int SolSocket = 1;
    internal const int SoPassCredentials = 16;
    internal const int SoSendTimeout = 21;
    internal const int SoPeerCredentials = 17;
    internal const int SoError = 4;
    internal const int SoReceiveBufferForce = 33;
    internal const int ScmRights = 1;
    internal const int ScmCredentials = 2;
    internal const int ShutRead = 0;
    internal const int ShutReadWrite = 2;
    internal const int MsgPeek = 0x2;
    internal const int MsgControlTruncated = 0x8;
    internal const int MsgTruncated = 0x20;
    internal const int MsgDontWait = 0x40;
    internal const int MsgNoSignal = 0x4000;
    internal const int MsgCmsgCloseOnExec = 0x40000000;

    /// <summary>struct sockaddr_un.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SockaddrUn
    {
        internal ushort Family;
        internal fixed byte Path[108];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Iovec
    {
        internal void* Base;
        internal nuint Length;
    }

    /// <summary>struct msghdr of the C library on 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Msghdr
    {
        internal void* Name;
        internal uint NameLength;
        internal Iovec* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    /// <summary>struct cmsghdr; its data follows, aligned to 8 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Cmsghdr
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
    }

    /// <summary>struct ucred.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Ucred
    {
        internal int Pid;
        internal uint Uid;
        internal uint Gid;
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int bind(int fd, void* address, uint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int connect(int fd, void* address, uint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int getsockopt(int fd, int level, int option, void* value, uint* length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int shutdown(int fd, int how);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint send(int fd, void* data, nuint length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint recv(int fd, void* data, nuint length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint sendmsg(int fd, Msghdr* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint recvmsg(int fd, Msghdr* message, int flags);
}
