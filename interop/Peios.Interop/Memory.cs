// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop;

/// <summary>Mappings, memory files and randomness.</summary>
public static unsafe class Memory
{
    /// <summary>Maps a descriptor shared, readable and writable as the kernel allows per page.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="writable">Ask for write access too.</param>
    /// <returns>The address; unmap with <see cref="Unmap"/>.</returns>
    public static Result<nint> MapShared(Fd fd, nuint length, bool writable)
    {
        void* p = Libc.mmap(null, length, writable ? 3 : 1, 1, fd.Raw, 0);
        return (nint)p == -1 ? Libc.LastError : (nint)p;
    }

    /// <summary>Ends a mapping.</summary>
    public static Errno Unmap(nint address, nuint length) => Libc.Check(Libc.munmap((void*)address, length));

    /// <summary>Makes a memory file, close-on-exec.</summary>
    public static Result<Fd> CreateFile(string name) => Libc.Own(Libc.memfd_create(name, 1));

    /// <summary>Fills a buffer from the kernel's generator; used for GUIDs and salts.</summary>
    public static Errno Random(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            nuint done = 0;
            while (done < (nuint)buffer.Length)
            {
                nint n = Libc.getrandom(p + done, (nuint)buffer.Length - done, 0);
                if (n < 0)
                {
                    Errno error = Libc.LastError;
                    if (error == Errno.EINTR)
                    {
                        continue;
                    }

                    return error;
                }

                done += (nuint)n;
            }
        }

        return Errno.None;
    }
}
