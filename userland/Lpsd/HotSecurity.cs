// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Lpsd;

/// <summary>The store's descriptor: the registry's value, else the default (LPS-046). Replaced as a whole.</summary>
internal sealed class HotSecurity
{
    private const string Key = @"Machine\System\Lpsd";

    private readonly byte[] _default;
    private byte[] _current;

    public HotSecurity()
    {
        _ = Sddl.TryParse(LpsdRights.DefaultSecurity, out _default, out _);
        _current = _default;
    }

    /// <summary>The descriptor in force.</summary>
    public byte[] Current => Volatile.Read(ref _current);

    /// <summary>Starts following the registry.</summary>
    public void Start() => new HotKey(Key, WatchFilter.Values, false, Refresh).Start();

    /// <summary>Takes a value; one that is malformed, or that would let everyone in, gives the default.</summary>
    internal void Take(byte[] bytes)
    {
        bool usable = SecurityDescriptor.TryRead(bytes, out SecurityDescriptor sd) && !sd.Owner.IsNone && sd.HasDacl;
        if (!usable)
        {
            Console.Error.WriteLine("lpsd: the value Security is not a usable security descriptor; the default is in force");
        }

        Volatile.Write(ref _current, usable ? bytes : _default);
    }

    private void Refresh(RegistryKey? key)
    {
        if (key is null)
        {
            return;
        }

        if (key.QueryBinary("Security").TryGet(out byte[]? bytes, out Errno error))
        {
            Take(bytes);
        }
        else if (error == Errno.ENOENT)
        {
            Volatile.Write(ref _current, _default);
        }
    }
}
