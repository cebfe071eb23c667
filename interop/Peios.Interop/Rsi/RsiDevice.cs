// SPDX-License-Identifier: MIT
using System;
using System.Text;

namespace Peios.Interop.Rsi;

/// <summary>
/// <c>/dev/pkm_registry</c>: the connection of a storage source. It belongs to the process that registers (HAZ-031);
/// several threads may read requests and write responses at once.
/// </summary>
public sealed unsafe class RsiDevice : IDisposable
{
    /// <summary>Where the module puts the device.</summary>
    public const string DefaultPath = "/dev/pkm_registry";

    private readonly Fd _fd;

    private RsiDevice(Fd fd) => _fd = fd;

    /// <summary>The descriptor, for polling.</summary>
    public Fd Descriptor => _fd;

    /// <summary>Opens the device and checks its ABI version (EPROTO when it is another). EPERM without SeTcbPrivilege.</summary>
    public static Result<RsiDevice> Open(string path = DefaultPath)
    {
        if (!Files.Open(path, Files.ReadWrite).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        uint version = 0;
        if (!Files.Control(fd, RsiAbi.REG_SRC_ABI_VERSION, ref version).TryGet(out _, out error) || version != RsiAbi.RSI_ABI_VERSION)
        {
            fd.Dispose();
            return error.Ok ? Errno.EPROTO : error;
        }

        return new RsiDevice(fd);
    }

    /// <summary>Offers hives (RSI-022). Errors: EPERM, EINVAL, ENOSPC, EOVERFLOW, EEXIST, ESTALE.</summary>
    /// <param name="hives">All hives of this source.</param>
    /// <param name="maxSequence">Highest sequence stored, 0 if none.</param>
    public Errno Register(ReadOnlySpan<RsiHive> hives, ulong maxSequence)
    {
        int bytes = 0;
        foreach (RsiHive hive in hives)
        {
            bytes += Encoding.UTF8.GetByteCount(hive.Name);
        }

        byte[] names = new byte[bytes];
        RsiAbi.RegSrcHiveEntry[] entries = new RsiAbi.RegSrcHiveEntry[hives.Length];
        fixed (byte* name = names)
        fixed (RsiAbi.RegSrcHiveEntry* table = entries)
        {
            int at = 0;
            for (int i = 0; i < hives.Length; i++)
            {
                int length = Encoding.UTF8.GetBytes(hives[i].Name, names.AsSpan(at));
                entries[i].NameLen = (uint)length;
                entries[i].NamePtr = (ulong)(name + at);
                hives[i].RootGuid.Span.CopyTo(entries[i].RootGuid);
                at += length;
            }

            RsiAbi.RegSrcRegisterArgs args = new()
            {
                HiveCount = (uint)hives.Length,
                MaxSequence = maxSequence,
                HivesPtr = (ulong)table,
            };
            return Files.Control(_fd, RsiAbi.REG_SRC_REGISTER, ref args).Error;
        }
    }

    /// <summary>Reads one whole request. EMSGSIZE: the buffer is too small and the request stays queued. EIO: the connection is down.</summary>
    public Result<int> Read(Span<byte> buffer) => Files.Read(_fd, buffer);

    /// <summary>Writes one whole response. EINVAL: it was malformed, and the connection is down now (RSI-009).</summary>
    public Errno Write(ReadOnlySpan<byte> response) => Files.Write(_fd, response).Error;

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
