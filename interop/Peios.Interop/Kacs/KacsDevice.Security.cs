// SPDX-License-Identifier: MIT
using System.Text;

namespace Peios.Interop.Kacs;

/// <summary>Descriptors of tokens, processes and files (KACS-ENF-156, KACS-ENF-157).</summary>
public sealed unsafe partial class KacsDevice
{
    private const int CurrentFolder = -100;
    private const uint EmptyPath = 0x1000;
    private const uint NoFollow = 0x100;

    /// <summary>Reads parts of the descriptor of a token, or of a process by its pidfd.</summary>
    /// <param name="target">Token descriptor or pidfd.</param>
    /// <param name="parts">KACS_SD bits; EINVAL for none.</param>
    public Result<byte[]> GetSecurity(Fd target, uint parts) => GetSecurity(target.Raw, null, parts, EmptyPath);

    /// <summary>Reads parts of a file's descriptor. EOPNOTSUPP: the module does not decide about files.</summary>
    public Result<byte[]> GetSecurity(string path, uint parts, bool followLinks) =>
        GetSecurity(CurrentFolder, path, parts, followLinks ? 0 : NoFollow);

    /// <summary>Replaces parts of the descriptor of a token, or of a process by its pidfd; others stay (KACS-ENF-164).</summary>
    public Errno SetSecurity(Fd target, uint parts, System.ReadOnlySpan<byte> descriptor) =>
        SetSecurity(target.Raw, null, parts, EmptyPath, descriptor);

    /// <summary>Replaces parts of a file's descriptor. EOPNOTSUPP: the module does not decide about files.</summary>
    public Errno SetSecurity(string path, uint parts, bool followLinks, System.ReadOnlySpan<byte> descriptor) =>
        SetSecurity(CurrentFolder, path, parts, followLinks ? 0 : NoFollow, descriptor);

    private Result<byte[]> GetSecurity(int folder, string? path, uint parts, uint flags)
    {
        byte[] name = Terminated(path);
        byte[] buffer = new byte[1024];
        // The descriptor may grow between two calls; 64 KB is the longest there is.
        for (int round = 0; round < 4; round++)
        {
            fixed (byte* p = buffer, n = name)
            {
                KacsSdArgs args = new()
                {
                    Dirfd = folder,
                    SecurityInfo = parts,
                    PathPtr = path is null ? 0 : (ulong)n,
                    BufPtr = (ulong)p,
                    BufLen = (uint)buffer.Length,
                    Flags = flags,
                };
                int size = Libc.ioctl(_fd.Raw, KacsAbi.IocGetSd, &args);
                if (size >= 0)
                {
                    return size <= buffer.Length ? buffer[..size] : Errno.EPROTO;
                }

                Errno error = Libc.LastError;
                if (error != Errno.ERANGE || buffer.Length > ushort.MaxValue)
                {
                    return error;
                }
            }

            buffer = new byte[4 * buffer.Length];
        }

        return Errno.EPROTO;
    }

    private Errno SetSecurity(int folder, string? path, uint parts, uint flags, System.ReadOnlySpan<byte> descriptor)
    {
        byte[] name = Terminated(path);
        fixed (byte* p = descriptor, n = name)
        {
            KacsSdArgs args = new()
            {
                Dirfd = folder,
                SecurityInfo = parts,
                PathPtr = path is null ? 0 : (ulong)n,
                BufPtr = (ulong)p,
                BufLen = (uint)descriptor.Length,
                Flags = flags,
            };
            return Call(KacsAbi.IocSetSd, &args);
        }
    }

    private static byte[] Terminated(string? path) => path is null ? [] : Encoding.UTF8.GetBytes(path + '\0');
}
