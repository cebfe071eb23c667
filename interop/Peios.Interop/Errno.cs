// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop;

/// <summary>A Linux error number as a value; zero means success. Expected failures travel as this, not as exceptions.</summary>
public readonly record struct Errno(int Value)
{
    /// <summary>Success.</summary>
    public static readonly Errno None = new(0);

    /// <summary>Operation not permitted.</summary>
    public static readonly Errno EPERM = new(1);

    /// <summary>No such file, key or object.</summary>
    public static readonly Errno ENOENT = new(2);

    /// <summary>No such process.</summary>
    public static readonly Errno ESRCH = new(3);

    /// <summary>Interrupted by a signal.</summary>
    public static readonly Errno EINTR = new(4);

    /// <summary>Input/output error.</summary>
    public static readonly Errno EIO = new(5);

    /// <summary>Argument list too long.</summary>
    public static readonly Errno E2BIG = new(7);

    /// <summary>Bad file descriptor.</summary>
    public static readonly Errno EBADF = new(9);

    /// <summary>No child processes.</summary>
    public static readonly Errno ECHILD = new(10);

    /// <summary>Would block; try again.</summary>
    public static readonly Errno EAGAIN = new(11);

    /// <summary>Out of memory.</summary>
    public static readonly Errno ENOMEM = new(12);

    /// <summary>Access denied by a descriptor or handle.</summary>
    public static readonly Errno EACCES = new(13);

    /// <summary>Bad address.</summary>
    public static readonly Errno EFAULT = new(14);

    /// <summary>Device or resource busy.</summary>
    public static readonly Errno EBUSY = new(16);

    /// <summary>Already exists.</summary>
    public static readonly Errno EEXIST = new(17);

    /// <summary>No such device.</summary>
    public static readonly Errno ENODEV = new(19);

    /// <summary>Not a directory.</summary>
    public static readonly Errno ENOTDIR = new(20);

    /// <summary>Invalid argument.</summary>
    public static readonly Errno EINVAL = new(22);

    /// <summary>Unknown request on this descriptor.</summary>
    public static readonly Errno ENOTTY = new(25);

    /// <summary>No space left.</summary>
    public static readonly Errno ENOSPC = new(28);

    /// <summary>Broken pipe.</summary>
    public static readonly Errno EPIPE = new(32);

    /// <summary>Result too large for the buffer.</summary>
    public static readonly Errno ERANGE = new(34);

    /// <summary>Function not implemented.</summary>
    public static readonly Errno ENOSYS = new(38);

    /// <summary>Not empty.</summary>
    public static readonly Errno ENOTEMPTY = new(39);

    /// <summary>Read-only.</summary>
    public static readonly Errno EROFS = new(30);

    /// <summary>No such extended attribute.</summary>
    public static readonly Errno ENODATA = new(61);

    /// <summary>Protocol error.</summary>
    public static readonly Errno EPROTO = new(71);

    /// <summary>Value out of range of its type.</summary>
    public static readonly Errno EOVERFLOW = new(75);

    /// <summary>Message too long.</summary>
    public static readonly Errno EMSGSIZE = new(90);

    /// <summary>Not supported.</summary>
    public static readonly Errno EOPNOTSUPP = new(95);

    /// <summary>Connection reset.</summary>
    public static readonly Errno ECONNRESET = new(104);

    /// <summary>Not connected.</summary>
    public static readonly Errno ENOTCONN = new(107);

    /// <summary>Timed out.</summary>
    public static readonly Errno ETIMEDOUT = new(110);

    /// <summary>Connection refused.</summary>
    public static readonly Errno ECONNREFUSED = new(111);

    /// <summary>Operation in progress.</summary>
    public static readonly Errno EINPROGRESS = new(115);

    /// <summary>Stale handle.</summary>
    public static readonly Errno ESTALE = new(116);

    /// <summary>True when there was no error.</summary>
    public bool Ok => Value == 0;

    /// <summary>The C library's text for this number, for people.</summary>
    public string Message => ErrnoText.Describe(Value);

    /// <summary>The symbolic name where it is known, else <c>errno N</c>.</summary>
    public string Name => ErrnoText.NameOf(Value);

    /// <summary>Name and text, as error messages show them.</summary>
    public override string ToString() => Ok ? "success" : $"{Message} ({Name})";
}
