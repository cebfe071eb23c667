// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Peios.Interop;

internal static unsafe partial class Libc
{
    /// <summary>struct stat on x86-64.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    internal struct Stat
    {
        [FieldOffset(0)]
        internal ulong Device;

        [FieldOffset(8)]
        internal ulong Inode;

        [FieldOffset(24)]
        internal uint Mode;
    }

    /// <summary>The head of struct statfs; the rest is not looked at.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    internal struct Statfs
    {
        [FieldOffset(0)]
        internal long Type;
    }

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int reboot(int command);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statfs(string path, Statfs* result);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int stat(string path, Stat* result);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int fstat(int fd, Stat* result);
}
