// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;
using Peios.Interop.Registry;

namespace Peios.Registry;

/// <summary>
/// A connection to the registry: opens and creates keys. Paths use <c>\</c> or <c>/</c> and begin with a hive
/// (<c>Machine\System</c>). Thread-safe; rights are those of the calling thread's token.
/// </summary>
public sealed class RegistryClient : IDisposable
{
    private readonly RegistryDevice _device;

    private RegistryClient(RegistryDevice device) => _device = device;

    /// <summary>Connects to the module's device.</summary>
    public static Result<RegistryClient> Connect(string path = RegistryDevice.DefaultPath) =>
        RegistryDevice.Open(path).TryGet(out RegistryDevice? device, out Errno error) ? new RegistryClient(device) : error;

    /// <summary>Opens a key; every asked right is granted or the call fails with EACCES.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="rights">At least one right.</param>
    /// <param name="openLink">Open a link itself instead of its target.</param>
    public Result<RegistryKey> Open(string path, KeyRights rights, bool openLink = false) => OpenAt(null, path, rights, openLink);

    /// <summary>Opens a key or creates its last component.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="rights">At least one right.</param>
    /// <param name="options">Kind of key to create.</param>
    /// <param name="layer">Layer to create in, empty for base.</param>
    /// <param name="created">True when the key did not exist.</param>
    public Result<RegistryKey> Create(string path, KeyRights rights, CreateOptions options, string layer, out bool created) =>
        CreateAt(null, path, rights, options, layer, out created);

    /// <summary>Opens a key or creates its last component in base.</summary>
    public Result<RegistryKey> Create(string path, KeyRights rights) => CreateAt(null, path, rights, CreateOptions.None, string.Empty, out _);

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    internal Result<RegistryKey> OpenAt(Fd? parent, string path, KeyRights rights, bool openLink)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return Errno.EINVAL;
        }

        Result<Fd> opened = _device.OpenKey(parent, Terminated(path), (uint)rights, openLink ? 1u : 0u);
        return opened.TryGet(out Fd? fd, out Errno error) ? new RegistryKey(this, fd) : error;
    }

    internal Result<RegistryKey> CreateAt(Fd? parent, string path, KeyRights rights, CreateOptions options, string layer, out bool created)
    {
        created = false;
        if (path.Contains('\0', StringComparison.Ordinal) || layer.Contains('\0', StringComparison.Ordinal))
        {
            return Errno.EINVAL;
        }

        Result<Fd> opened = _device.CreateKey(
            parent, Terminated(path), (uint)rights, layer.Length == 0 ? default : Terminated(layer), (uint)options, out uint disposition);
        created = disposition == 1;
        return opened.TryGet(out Fd? fd, out Errno error) ? new RegistryKey(this, fd) : error;
    }

    private static ReadOnlySpan<byte> Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
