// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop;

/// <summary>
/// The raw C library, one partial file per kernel facility. Internal: programs use the wrappers beside it
/// (<see cref="Files"/>, <see cref="Memory"/>, <see cref="Polling"/>, ...), which own descriptors and return <see cref="Errno"/>.
/// </summary>
internal static unsafe partial class Libc
{
    internal const string Name = "libc";

    /// <summary>Error of the last call that was declared with SetLastError.</summary>
    internal static Errno LastError => new(Marshal.GetLastPInvokeError());

    /// <summary>Zero or positive results are success; -1 becomes the errno.</summary>
    internal static Errno Check(long result) => result < 0 ? LastError : Errno.None;

    /// <summary>Wraps a descriptor result.</summary>
    internal static Result<Fd> Own(int fd) => fd < 0 ? LastError : Result<Fd>.From(new Fd(fd));
}
