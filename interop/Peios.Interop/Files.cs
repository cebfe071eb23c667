// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Peios.Interop;

/// <summary>Files and descriptors. Every descriptor made here is close-on-exec (HAZ-036).</summary>
public static unsafe class Files
{
    /// <summary>Open for reading.</summary>
    public const int ReadOnly = 0;

    /// <summary>Open for writing.</summary>
    public const int WriteOnly = 1;

    /// <summary>Open for both.</summary>
    public const int ReadWrite = 2;

    /// <summary>O_CREAT.</summary>
    public const int Create = 0x40;

    /// <summary>O_EXCL.</summary>
    public const int Exclusive = 0x80;

    /// <summary>O_NOCTTY.</summary>
    public const int NoTerminal = 0x100;

    /// <summary>O_TRUNC.</summary>
    public const int Truncate = 0x200;

    /// <summary>O_APPEND.</summary>
    public const int Append = 0x400;

    /// <summary>O_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>O_DIRECTORY.</summary>
    public const int Directory = 0x10000;

    /// <summary>O_NOFOLLOW.</summary>
    public const int NoFollow = 0x20000;

    /// <summary>O_PATH: a handle to look at, without what opening the file would do.</summary>
    public const int PathOnly = 0x200000;

    internal const int CloseOnExec = 0x80000;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="flags">The constants of this class; close-on-exec is always added.</param>
    /// <param name="mode">Permission bits for a created file.</param>
    public static Result<Fd> Open(string path, int flags, int mode = 0) =>
        Libc.Own(Libc.open(path, flags | CloseOnExec, mode));

    /// <summary>Opens a file relative to a directory descriptor.</summary>
    public static Result<Fd> OpenAt(Fd directory, string path, int flags, int mode = 0) =>
        Libc.Own(Libc.openat(directory.Raw, path, flags | CloseOnExec, mode));

    /// <summary>One read; 0 bytes is end of file. EINTR is retried.</summary>
    public static Result<int> Read(Fd fd, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            nint n;
            do
            {
                n = Libc.read(fd.Raw, p, (nuint)buffer.Length);
            }
            while (n < 0 && Libc.LastError == Errno.EINTR);
            return n < 0 ? Libc.LastError : (int)n;
        }
    }

    /// <summary>One write, possibly short. EINTR is retried.</summary>
    public static Result<int> Write(Fd fd, ReadOnlySpan<byte> data)
    {
        fixed (byte* p = data)
        {
            nint n;
            do
            {
                n = Libc.write(fd.Raw, p, (nuint)data.Length);
            }
            while (n < 0 && Libc.LastError == Errno.EINTR);
            return n < 0 ? Libc.LastError : (int)n;
        }
    }

    /// <summary>Writes all bytes or reports the first error.</summary>
    public static Errno WriteAll(Fd fd, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (!Write(fd, data).TryGet(out int n, out Errno error))
            {
                return error;
            }

            data = data[n..];
        }

        return Errno.None;
    }

    /// <summary>Reads at an offset; may be short at the end of the file.</summary>
    public static Result<int> ReadAt(Fd fd, Span<byte> buffer, long offset)
    {
        fixed (byte* p = buffer)
        {
            nint n = Libc.pread(fd.Raw, p, (nuint)buffer.Length, offset);
            return n < 0 ? Libc.LastError : (int)n;
        }
    }

    /// <summary>Writes at an offset; may be short.</summary>
    public static Result<int> WriteAt(Fd fd, ReadOnlySpan<byte> data, long offset)
    {
        fixed (byte* p = data)
        {
            nint n = Libc.pwrite(fd.Raw, p, (nuint)data.Length, offset);
            return n < 0 ? Libc.LastError : (int)n;
        }
    }

    /// <summary>Reads a whole small file, at most <paramref name="limit"/> bytes (EMSGSIZE beyond).</summary>
    public static Result<byte[]> ReadSmall(string path, int limit = 65536)
    {
        if (!Open(path, ReadOnly).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        using (fd)
        {
            byte[] buffer = new byte[limit + 1];
            int used = 0;
            while (used < buffer.Length)
            {
                if (!Read(fd, buffer.AsSpan(used)).TryGet(out int n, out error))
                {
                    return error;
                }

                if (n == 0)
                {
                    return buffer.AsSpan(0, used).ToArray();
                }

                used += n;
            }

            return Errno.EMSGSIZE;
        }
    }

    /// <summary>
    /// Replaces a file so that a crash leaves the old or the new content: write, fsync, rename, fsync of the directory (HAZ-043).
    /// </summary>
    public static Errno ReplaceDurably(string path, ReadOnlySpan<byte> content, int mode)
    {
        string temporary = path + ".new";
        if (!Open(temporary, WriteOnly | Create | Truncate | NoFollow, mode).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        using (fd)
        {
            error = WriteAll(fd, content);
            error = error.Ok ? Sync(fd) : error;
        }

        error = error.Ok ? Rename(temporary, path) : error;
        return error.Ok ? SyncDirectory(path[..Math.Max(1, path.LastIndexOf('/'))]) : error;
    }

    /// <summary>Flushes a file to stable storage.</summary>
    public static Errno Sync(Fd fd) => Libc.Check(Libc.fsync(fd.Raw));

    /// <summary>Flushes a directory, so that names in it survive power loss.</summary>
    public static Errno SyncDirectory(string path)
    {
        if (!Open(path, ReadOnly | Directory).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        using (fd)
        {
            return Sync(fd);
        }
    }

    /// <summary>Sets the length of a file.</summary>
    public static Errno SetLength(Fd fd, long length) => Libc.Check(Libc.ftruncate(fd.Raw, length));

    /// <summary>Renames, replacing the target.</summary>
    public static Errno Rename(string from, string to) => Libc.Check(Libc.rename(from, to));

    /// <summary>Gives a file a second name; EEXIST when that is taken.</summary>
    public static Errno Link(string existing, string path) => Libc.Check(Libc.link(existing, path));

    /// <summary>
    /// What a symbolic link says; EMSGSIZE beyond 4095 bytes. Of a link below /proc it is the kernel's name for the
    /// file: no file system is asked, so none can hold up the caller.
    /// </summary>
    public static Result<string> ReadLink(string path)
    {
        const int size = 4096;
        byte* buffer = stackalloc byte[size];
        nint n = Libc.readlink(path, buffer, size);
        return n < 0 ? Libc.LastError : n == size ? Errno.EMSGSIZE : Encoding.UTF8.GetString(buffer, (int)n);
    }

    /// <summary>Removes a name.</summary>
    public static Errno Unlink(string path) => Libc.Check(Libc.unlink(path));

    /// <summary>Makes a directory; an existing one is success.</summary>
    public static Errno MakeDirectory(string path, int mode)
    {
        Errno error = Libc.Check(Libc.mkdir(path, mode));
        return error == Errno.EEXIST ? Errno.None : error;
    }

    /// <summary>Makes a directory that must not be there yet; EEXIST when it is.</summary>
    public static Errno MakeNewDirectory(string path, int mode) => Libc.Check(Libc.mkdir(path, mode));

    /// <summary>Removes an empty directory.</summary>
    public static Errno RemoveDirectory(string path) => Libc.Check(Libc.rmdir(path));

    /// <summary>Sets permission bits.</summary>
    public static Errno ChangeMode(string path, int mode) => Libc.Check(Libc.chmod(path, mode));

    /// <summary>Sets the owner ids.</summary>
    public static Errno ChangeOwner(string path, int uid, int gid) => Libc.Check(Libc.chown(path, uid, gid));

    /// <summary>A pipe: read end, write end.</summary>
    public static Errno Pipe(out Fd? read, out Fd? write, bool nonBlocking)
    {
        int* fds = stackalloc int[2];
        if (Libc.pipe2(fds, CloseOnExec | (nonBlocking ? NonBlocking : 0)) < 0)
        {
            read = null;
            write = null;
            return Libc.LastError;
        }

        read = new Fd(fds[0]);
        write = new Fd(fds[1]);
        return Errno.None;
    }

    /// <summary>Makes an open descriptor non-blocking, for an event loop.</summary>
    public static Errno SetNonBlocking(Fd fd)
    {
        int flags = Libc.fcntl(fd.Raw, 3, 0);
        return flags < 0 ? Libc.LastError : Libc.Check(Libc.fcntl(fd.Raw, 4, flags | NonBlocking));
    }

    /// <summary>Takes an exclusive advisory lock without waiting; EAGAIN when another holds it.</summary>
    public static Errno TryLock(Fd fd) => Libc.Check(Libc.flock(fd.Raw, 2 | 4));

    /// <summary>An extended attribute; ENODATA when there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Full name, for example <c>security.peios.sd</c>.</param>
    /// <param name="follow">Follow a symbolic link at the end of the path.</param>
    public static Result<byte[]> ReadAttribute(string path, string name, bool follow)
    {
        byte[] buffer = new byte[65536];
        fixed (byte* p = buffer)
        {
            nint n = follow ? Libc.getxattr(path, name, p, (nuint)buffer.Length) : Libc.lgetxattr(path, name, p, (nuint)buffer.Length);
            return n < 0 ? Libc.LastError : buffer[..(int)n];
        }
    }

    /// <summary>True for a terminal.</summary>
    public static bool IsTerminal(int fd) => Libc.isatty(fd) == 1;

    /// <summary>Sends one ioctl whose argument is a blittable structure.</summary>
    /// <returns>The call's non-negative result, or its errno.</returns>
    public static Result<int> Control<T>(Fd fd, uint request, ref T argument)
        where T : unmanaged
    {
        fixed (T* p = &argument)
        {
            int r = Libc.ioctl(fd.Raw, request, p);
            return r < 0 ? Libc.LastError : r;
        }
    }

    /// <summary>Sends one ioctl without argument.</summary>
    public static Result<int> Control(Fd fd, uint request)
    {
        int r = Libc.ioctl(fd.Raw, request, null);
        return r < 0 ? Libc.LastError : r;
    }
}
