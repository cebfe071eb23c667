// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Peios.Interop;
using Peios.Interop.Registry;

namespace Peios.Registry;

/// <summary>
/// An open key: a descriptor whose rights were fixed when it was opened (LCS-024). Calls block until the registry's
/// store answers or its deadline passes, so an event loop leaves them to a worker (HAZ-038).
/// </summary>
public sealed class RegistryKey : IDisposable
{
    private const int FirstBuffer = 1024;
    private const int MaxNameBytes = 1024;

    private readonly RegistryClient _client;
    private readonly Fd _fd;

    internal RegistryKey(RegistryClient client, Fd fd)
    {
        _client = client;
        _fd = fd;
    }

    /// <summary>The descriptor, for polling a watch or passing it on.</summary>
    public Fd Descriptor => _fd;

    /// <summary>Opens a descendant by a path relative to this key.</summary>
    public Result<RegistryKey> Open(string path, KeyRights rights, bool openLink = false) => _client.OpenAt(_fd, path, rights, openLink);

    /// <summary>Opens or creates a descendant; only the last component is created.</summary>
    public Result<RegistryKey> Create(string path, KeyRights rights, CreateOptions options = CreateOptions.None, string layer = "") =>
        _client.CreateAt(_fd, path, rights, options, layer, out _);

    /// <summary>Reads an effective value; ENOENT when there is none.</summary>
    /// <param name="name">Name of the value, empty for the default value.</param>
    public Result<RegistryValue> Query(string name) =>
        QueryStored(name).TryGet(out StoredValue stored, out Errno error) ? stored.Value : error;

    /// <summary>Reads an effective value together with its layer and sequence.</summary>
    public Result<StoredValue> QueryStored(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        Span<byte> layer = stackalloc byte[MaxNameBytes];
        byte[] data = new byte[FirstBuffer];
        for (; ; )
        {
            Errno error = RegistryDevice.QueryValue(_fd, utf8, data, layer, out ValueInfo info);
            if (error.Ok)
            {
                RegistryValue value = new((RegistryValueType)info.Type, data[..(int)info.DataLength]);
                return new StoredValue(value, Encoding.UTF8.GetString(layer[..(int)info.LayerLength]), info.Sequence);
            }

            // The value may grow between two calls; each retry asks for what was needed last.
            if (error != Errno.ERANGE || info.DataLength <= data.Length)
            {
                return error;
            }

            data = new byte[info.DataLength];
        }
    }

    /// <summary>Reads a REG_SZ or REG_EXPAND_SZ. ENOENT: absent; EINVAL: another type or not text.</summary>
    public Result<string> QueryString(string name) =>
        !Query(name).TryGet(out RegistryValue value, out Errno error) ? error : value.TryGetString(out string? text) ? text : Errno.EINVAL;

    /// <summary>Reads a REG_DWORD. ENOENT: absent; EINVAL: another type or length.</summary>
    public Result<uint> QueryDword(string name) =>
        !Query(name).TryGet(out RegistryValue value, out Errno error) ? error : value.TryGetDword(out uint number) ? number : Errno.EINVAL;

    /// <summary>Reads a REG_QWORD. ENOENT: absent; EINVAL: another type or length.</summary>
    public Result<ulong> QueryQword(string name) =>
        !Query(name).TryGet(out RegistryValue value, out Errno error) ? error : value.TryGetQword(out ulong number) ? number : Errno.EINVAL;

    /// <summary>Reads a REG_MULTI_SZ. ENOENT: absent; EINVAL: another type or not text.</summary>
    public Result<string[]> QueryStrings(string name) =>
        !Query(name).TryGet(out RegistryValue value, out Errno error) ? error : value.TryGetStrings(out string[]? list) ? list : Errno.EINVAL;

    /// <summary>Reads a REG_BINARY. ENOENT: absent; EINVAL: another type.</summary>
    public Result<byte[]> QueryBinary(string name) =>
        !Query(name).TryGet(out RegistryValue value, out Errno error) ? error : value.TryGetBinary(out byte[]? data) ? data : Errno.EINVAL;

    /// <summary>Reads all effective values from one snapshot.</summary>
    public Result<NamedValue[]> Values()
    {
        Errno error = ReadPacked(children: false, out byte[] records, out int length, out int count);
        return error.Ok ? ParseValues(records.AsSpan(0, length), count) : error;
    }

    /// <summary>Names of the visible children, in the order of their folded names, from one snapshot.</summary>
    public Result<string[]> SubKeyNames()
    {
        Errno error = ReadPacked(children: true, out byte[] records, out int length, out int count);
        if (!error.Ok)
        {
            return error;
        }

        SpanReader reader = new(records.AsSpan(0, length));
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = Encoding.UTF8.GetString(reader.LengthPrefixed());
        }

        return reader.Ok ? names : Errno.EPROTO;
    }

    private Errno ReadPacked(bool children, out byte[] records, out int length, out int count)
    {
        records = new byte[4 * FirstBuffer];
        for (; ; )
        {
            Errno error = children
                ? RegistryDevice.ListSubKeys(_fd, records, out length, out count)
                : RegistryDevice.QueryValues(_fd, records, out length, out count);
            if (error != Errno.ERANGE || length <= records.Length)
            {
                return error;
            }

            records = new byte[length];
        }
    }

    /// <summary>
    /// Lists the visible children with their figures, which are a few calls for each: a child created or deleted meanwhile can be missed,
    /// so whoever must be exact watches the key and lists again.
    /// </summary>
    public Result<NamedSubKey[]> SubKeys()
    {
        if (!SubKeyNames().TryGet(out string[]? names, out Errno error))
        {
            return error;
        }

        List<NamedSubKey> list = [];
        for (int i = 0; i < names.Length; i++)
        {
            error = Figures(i, names[i], out NamedSubKey child);
            if (error.Ok)
            {
                list.Add(child);
            }
            else if (error != Errno.ENOENT)
            {
                return error;
            }
        }

        return list.ToArray();
    }

    // Asked of the child itself, a list of n takes n times the same work; by index, which needs no right on it, the source
    // lists all n each time.
    private Errno Figures(int index, string name, out NamedSubKey child)
    {
        child = default;
        if (Open(name, KeyRights.ReadControl, openLink: true).TryGet(out RegistryKey? key, out Errno error))
        {
            using (key)
            {
                Result<KeyInfo> asked = key.Info(out _);
                if (asked.TryGet(out KeyInfo figures, out error))
                {
                    child = new NamedSubKey(name, new SubKeyInfo(figures.LastWriteTime, figures.SubKeys, figures.Values));
                }

                return error;
            }
        }

        if (error != Errno.EACCES)
        {
            return error;
        }

        Span<byte> utf8 = stackalloc byte[MaxNameBytes];
        error = RegistryDevice.EnumSubKey(_fd, index, utf8, out int length, out SubKeyInfo info);
        if (error.Ok)
        {
            child = new NamedSubKey(Encoding.UTF8.GetString(utf8[..length]), info);
        }

        return error;
    }

    /// <summary>Writes a value into a layer (empty: base).</summary>
    /// <param name="name">Name of the value, empty for the default value.</param>
    /// <param name="value">Type and data.</param>
    /// <param name="layer">Layer, empty for base.</param>
    /// <param name="expectedSequence">Sequence the layer's entry must carry, else EAGAIN; 0 for any.</param>
    public Errno Set(string name, RegistryValue value, string layer = "", ulong expectedSequence = 0) =>
        RegistryDevice.SetValue(
            _fd, Encoding.UTF8.GetBytes(name), (uint)value.Type, value.Data, Encoding.UTF8.GetBytes(layer), expectedSequence);

    /// <summary>Removes a layer's entry; success when there is none.</summary>
    public Errno DeleteValue(string name, string layer = "") =>
        RegistryDevice.DeleteValue(_fd, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(layer));

    /// <summary>Writes or removes a layer's mark that hides every lower value of this key.</summary>
    public Errno SetBlanket(bool set, string layer = "") =>
        RegistryDevice.BlanketTombstone(_fd, Encoding.UTF8.GetBytes(layer), set);

    /// <summary>Deletes this key from a layer; ENOTEMPTY with visible children. The descriptor stays usable for its values.</summary>
    public Errno Delete(string layer = "") => RegistryDevice.DeleteKey(_fd, Encoding.UTF8.GetBytes(layer));

    /// <summary>Hides this key's path in a layer.</summary>
    public Errno Hide(string layer = "") => RegistryDevice.HideKey(_fd, Encoding.UTF8.GetBytes(layer));

    /// <summary>Reads the key's own name and figures.</summary>
    public Result<KeyInfo> Info(out string name)
    {
        Span<byte> utf8 = stackalloc byte[MaxNameBytes];
        Errno error = RegistryDevice.QueryKeyInfo(_fd, utf8, out int length, out KeyInfo info);
        name = error.Ok ? Encoding.UTF8.GetString(utf8[..length]) : string.Empty;
        return error.Ok ? info : error;
    }

    /// <summary>Reads parts of the descriptor, self-relative.</summary>
    public Result<byte[]> GetSecurity(SecurityParts parts)
    {
        byte[] buffer = new byte[FirstBuffer];
        for (; ; )
        {
            Errno error = RegistryDevice.GetSecurity(_fd, (uint)parts, buffer, out int length);
            if (error.Ok)
            {
                return buffer[..length];
            }

            if (error != Errno.ERANGE || length <= buffer.Length)
            {
                return error;
            }

            buffer = new byte[length];
        }
    }

    /// <summary>Replaces parts of the descriptor with those of <paramref name="descriptor"/>.</summary>
    public Errno SetSecurity(SecurityParts parts, ReadOnlySpan<byte> descriptor) =>
        RegistryDevice.SetSecurity(_fd, (uint)parts, descriptor);

    /// <summary>Arms this key's watch; needs the right Notify. The watch lives until this key is closed.</summary>
    public Result<RegistryWatch> Watch(WatchFilter filter, bool subtree)
    {
        Errno error = RegistryDevice.Notify(_fd, (uint)filter, subtree);
        return error.Ok ? new RegistryWatch(this, subtree) : error;
    }

    /// <summary>Returns once the hive is durable.</summary>
    public Errno Flush() => RegistryDevice.Flush(_fd);

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();

    private static Result<NamedValue[]> ParseValues(ReadOnlySpan<byte> buffer, int count)
    {
        SpanReader reader = new(buffer);
        List<NamedValue> list = [];
        for (int i = 0; i < count; i++)
        {
            string name = Encoding.UTF8.GetString(reader.LengthPrefixed());
            RegistryValueType type = (RegistryValueType)reader.U32();
            list.Add(new NamedValue(name, new RegistryValue(type, reader.LengthPrefixed().ToArray())));
        }

        return reader.Ok ? list.ToArray() : Errno.EPROTO;
    }
}
