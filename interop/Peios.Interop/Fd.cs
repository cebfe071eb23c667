// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace Peios.Interop;

/// <summary>An owned file descriptor; closing it twice is harmless, forgetting it is not fatal.</summary>
public sealed class Fd : SafeHandle
{
    /// <summary>Takes ownership of <paramref name="fd"/>.</summary>
    public Fd(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The raw number, for calls and epoll; stays owned by this object.</summary>
    public int Raw => (int)handle;

    /// <summary>Gives the descriptor up to the caller; this object no longer closes it.</summary>
    public int Release()
    {
        int fd = (int)handle;
        SetHandleAsInvalid();
        return fd;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
