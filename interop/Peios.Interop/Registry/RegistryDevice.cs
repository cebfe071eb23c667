// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop.Registry;

/// <summary>
/// The calls of <c>/dev/registry</c> and of key descriptors, one method each, over spans. Strings are UTF-8; the paths
/// and the layer of <see cref="CreateKey"/> end in a NUL. <c>Peios.Registry</c> is the comfortable layer above.
/// </summary>
public sealed unsafe class RegistryDevice : IDisposable
{
    /// <summary>Where the module puts the device.</summary>
    public const string DefaultPath = "/dev/registry";

    private const int NoTransaction = -1;
    private readonly Fd _fd;

    private RegistryDevice(Fd fd) => _fd = fd;

    /// <summary>Opens the device and checks its ABI version (EPROTO when it is another).</summary>
    public static Result<RegistryDevice> Open(string path = DefaultPath)
    {
        if (!Files.Open(path, Files.ReadWrite).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        uint version = 0;
        if (!Files.Control(fd, RegistryAbi.REG_IOC_ABI_VERSION, ref version).TryGet(out _, out error) || version != RegistryAbi.REG_ABI_VERSION)
        {
            fd.Dispose();
            return error.Ok ? Errno.EPROTO : error;
        }

        return new RegistryDevice(fd);
    }

    /// <summary>Opens a key (LCS-137). <paramref name="path"/> is NUL-terminated; null parent means an absolute path.</summary>
    public Result<Fd> OpenKey(Fd? parent, ReadOnlySpan<byte> path, uint access, uint flags)
    {
        fixed (byte* p = path)
        {
            RegistryAbi.RegOpenKeyArgs args = new()
            {
                ParentFd = parent?.Raw ?? -1,
                DesiredAccess = access,
                PathPtr = (ulong)p,
                Flags = flags,
            };
            return Own(Files.Control(_fd, RegistryAbi.REG_OPEN_KEY, ref args));
        }
    }

    /// <summary>Opens a key or creates its last component (LCS-233, LCS-235); an empty layer means base.</summary>
    public Result<Fd> CreateKey(Fd? parent, ReadOnlySpan<byte> path, uint access, ReadOnlySpan<byte> layer, uint flags, out uint disposition)
    {
        fixed (byte* p = path, l = layer)
        {
            RegistryAbi.RegCreateKeyArgs args = new()
            {
                ParentFd = parent?.Raw ?? -1,
                DesiredAccess = access,
                PathPtr = (ulong)p,
                LayerPtr = (ulong)l,
                Flags = flags,
            };
            Result<Fd> key = Own(Files.Control(_fd, RegistryAbi.REG_CREATE_KEY, ref args));
            disposition = args.Disposition;
            return key;
        }
    }

    /// <summary>Reads the effective value (LCS-258). ERANGE fills the lengths that are needed.</summary>
    public static Errno QueryValue(Fd key, ReadOnlySpan<byte> name, Span<byte> data, Span<byte> layer, out ValueInfo info)
    {
        fixed (byte* n = name, d = data, l = layer)
        {
            RegistryAbi.RegQueryValueArgs args = new()
            {
                NameLen = (uint)name.Length,
                NamePtr = (ulong)n,
                DataLen = (uint)data.Length,
                TxnFd = NoTransaction,
                LayerBufLen = (uint)layer.Length,
                DataPtr = (ulong)d,
                LayerPtr = (ulong)l,
            };
            Errno error = Files.Control(key, RegistryAbi.REG_IOC_QUERY_VALUE, ref args).Error;
            info = new ValueInfo(args.Type, args.DataLen, args.LayerLen, args.Sequence);
            return error;
        }
    }

    /// <summary>Writes one layer's entry (LCS-262); EAGAIN when <paramref name="expectedSequence"/> is not 0 and not the entry's.</summary>
    public static Errno SetValue(
        Fd key, ReadOnlySpan<byte> name, uint type, ReadOnlySpan<byte> data, ReadOnlySpan<byte> layer, ulong expectedSequence)
    {
        fixed (byte* n = name, d = data, l = layer)
        {
            RegistryAbi.RegSetValueArgs args = new()
            {
                NameLen = (uint)name.Length,
                NamePtr = (ulong)n,
                Type = type,
                DataLen = (uint)data.Length,
                DataPtr = (ulong)d,
                LayerLen = (uint)layer.Length,
                LayerPtr = (ulong)l,
                TxnFd = NoTransaction,
                ExpectedSeq = expectedSequence,
            };
            return Files.Control(key, RegistryAbi.REG_IOC_SET_VALUE, ref args).Error;
        }
    }

    /// <summary>Removes one layer's entry; success when there is none (LCS-269).</summary>
    public static Errno DeleteValue(Fd key, ReadOnlySpan<byte> name, ReadOnlySpan<byte> layer)
    {
        fixed (byte* n = name, l = layer)
        {
            RegistryAbi.RegDeleteValueArgs args = new()
            {
                NameLen = (uint)name.Length,
                NamePtr = (ulong)n,
                LayerLen = (uint)layer.Length,
                LayerPtr = (ulong)l,
                TxnFd = NoTransaction,
            };
            return Files.Control(key, RegistryAbi.REG_IOC_DELETE_VALUE, ref args).Error;
        }
    }

    /// <summary>Writes or removes the layer's mark that hides every lower value (LCS-271).</summary>
    public static Errno BlanketTombstone(Fd key, ReadOnlySpan<byte> layer, bool set)
    {
        fixed (byte* l = layer)
        {
            RegistryAbi.RegBlanketTombstoneArgs args = new()
            {
                LayerLen = (uint)layer.Length,
                LayerPtr = (ulong)l,
                Set = set ? (byte)1 : (byte)0,
                TxnFd = NoTransaction,
            };
            return Files.Control(key, RegistryAbi.REG_IOC_BLANKET_TOMBSTONE, ref args).Error;
        }
    }

    /// <summary>Reads all effective values as packed records (LCS-273). ERANGE sets <paramref name="length"/> to the need.</summary>
    public static Errno QueryValues(Fd key, Span<byte> buffer, out int length, out int count) =>
        Packed(key, RegistryAbi.REG_IOC_QUERY_VALUES_BATCH, buffer, out length, out count);

    /// <summary>Reads the names of all visible children into a packed buffer; ERANGE sets the length that is needed.</summary>
    public static Errno ListSubKeys(Fd key, Span<byte> buffer, out int length, out int count) =>
        Packed(key, RegistryAbi.REG_IOC_LIST_SUBKEYS, buffer, out length, out count);

    /// <summary>Reads the index-th visible child (LCS-278); ENOENT past the end.</summary>
    public static Errno EnumSubKey(Fd key, int index, Span<byte> name, out int nameLength, out SubKeyInfo info)
    {
        fixed (byte* n = name)
        {
            RegistryAbi.RegEnumSubkeyArgs args = new()
            {
                Index = (uint)index,
                NameLen = (uint)name.Length,
                NamePtr = (ulong)n,
                TxnFd = NoTransaction,
            };
            Errno error = Files.Control(key, RegistryAbi.REG_IOC_ENUM_SUBKEYS, ref args).Error;
            nameLength = (int)args.NameLen;
            info = new SubKeyInfo(args.LastWriteTime, args.SubkeyCount, args.ValueCount);
            return error;
        }
    }

    /// <summary>Reads the key's figures and own name (LCS-281).</summary>
    public static Errno QueryKeyInfo(Fd key, Span<byte> name, out int nameLength, out KeyInfo info)
    {
        fixed (byte* n = name)
        {
            RegistryAbi.RegQueryKeyInfoArgs args = new() { NameLen = (uint)name.Length, NamePtr = (ulong)n };
            Errno error = Files.Control(key, RegistryAbi.REG_IOC_QUERY_KEY_INFO, ref args).Error;
            nameLength = (int)args.NameLen;
            info = new KeyInfo(
                args.LastWriteTime, args.SubkeyCount, args.ValueCount, args.MaxSubkeyNameLen, args.MaxValueNameLen,
                args.MaxValueDataSize, args.SdSize, args.VolatileKey != 0, args.Symlink != 0, args.HiveGeneration);
            return error;
        }
    }

    /// <summary>Removes the layer's path entry (LCS-286); ENOTEMPTY with visible children.</summary>
    public static Errno DeleteKey(Fd key, ReadOnlySpan<byte> layer)
    {
        fixed (byte* l = layer)
        {
            RegistryAbi.RegDeleteKeyArgs args = new() { LayerLen = (uint)layer.Length, LayerPtr = (ulong)l, TxnFd = NoTransaction };
            return Files.Control(key, RegistryAbi.REG_IOC_DELETE_KEY, ref args).Error;
        }
    }

    /// <summary>Hides the key's path in the layer (LCS-288).</summary>
    public static Errno HideKey(Fd key, ReadOnlySpan<byte> layer)
    {
        fixed (byte* l = layer)
        {
            RegistryAbi.RegHideKeyArgs args = new() { LayerLen = (uint)layer.Length, LayerPtr = (ulong)l, TxnFd = NoTransaction };
            return Files.Control(key, RegistryAbi.REG_IOC_HIDE_KEY, ref args).Error;
        }
    }

    /// <summary>Reads the asked parts of the descriptor, self-relative (LCS-291). ERANGE sets <paramref name="length"/> to the need.</summary>
    public static Errno GetSecurity(Fd key, uint parts, Span<byte> descriptor, out int length)
    {
        fixed (byte* d = descriptor)
        {
            RegistryAbi.RegGetSecurityArgs args = new() { SecurityInfo = parts, SdLen = (uint)descriptor.Length, SdPtr = (ulong)d };
            Errno error = Files.Control(key, RegistryAbi.REG_IOC_GET_SECURITY, ref args).Error;
            length = (int)args.SdLen;
            return error;
        }
    }

    /// <summary>Replaces the flagged parts of the descriptor (LCS-295).</summary>
    public static Errno SetSecurity(Fd key, uint parts, ReadOnlySpan<byte> descriptor)
    {
        fixed (byte* d = descriptor)
        {
            RegistryAbi.RegSetSecurityArgs args = new()
            {
                SecurityInfo = parts,
                SdLen = (uint)descriptor.Length,
                SdPtr = (ulong)d,
                TxnFd = NoTransaction,
            };
            return Files.Control(key, RegistryAbi.REG_IOC_SET_SECURITY, ref args).Error;
        }
    }

    /// <summary>Arms, re-arms or (filter 0) disarms the descriptor's watch (LCS-162).</summary>
    public static Errno Notify(Fd key, uint filter, bool subtree)
    {
        RegistryAbi.RegNotifyArgs args = new() { Filter = filter, Subtree = subtree ? (byte)1 : (byte)0 };
        return Files.Control(key, RegistryAbi.REG_IOC_NOTIFY, ref args).Error;
    }

    /// <summary>Returns once the hive is durable (LCS-299).</summary>
    public static Errno Flush(Fd key) => Files.Control(key, RegistryAbi.REG_IOC_FLUSH).Error;

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    // struct reg_list_subkeys_args has the same fields at the same places.
    private static Errno Packed(Fd key, uint request, Span<byte> buffer, out int length, out int count)
    {
        fixed (byte* b = buffer)
        {
            RegistryAbi.RegQueryValuesBatchArgs args = new()
            {
                BufLen = (uint)buffer.Length,
                BufPtr = (ulong)b,
                TxnFd = NoTransaction,
            };
            Errno error = Files.Control(key, request, ref args).Error;
            length = (int)args.BufLen;
            count = (int)args.Count;
            return error;
        }
    }

    private static Result<Fd> Own(Result<int> result) =>
        result.TryGet(out int fd, out Errno error) ? Result<Fd>.From(new Fd(fd)) : error;
}
