// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Authd;

/// <summary>
/// What authd takes from the registry: its own descriptor (AUTH-019), the names of the defined services (AUTH-028), and
/// what the kernel is to know about Anonymous (AUTH-039). The first two are replaced as a whole by the thread that follows the registry; readers see one or the other.
/// </summary>
internal sealed class HotPolicy
{
    private const string Key = @"Machine\System\Authd";
    private const string ServicesKey = @"Machine\System\Services";

    private readonly Func<bool, Errno> _setAnonymous;
    private readonly byte[] _default;
    private byte[] _security;
    private Dictionary<Sid, string> _services = [];
    private int _generation;
    private bool? _anonymous;

    /// <summary>Makes the policy of an empty registry.</summary>
    /// <param name="setAnonymous">Tells the kernel whether Everyone includes Anonymous.</param>
    public HotPolicy(Func<bool, Errno> setAnonymous)
    {
        _setAnonymous = setAnonymous;
        _ = Sddl.TryParse(AuthdRights.DefaultSecurity, out _default, out _);
        _security = _default;
    }

    /// <summary>The descriptor of authd itself.</summary>
    public byte[] Security => Volatile.Read(ref _security);

    /// <summary>Defined services by their SID.</summary>
    public IReadOnlyDictionary<Sid, string> Services => Volatile.Read(ref _services);

    /// <summary>How often the policy has changed.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Starts following the registry.</summary>
    public void Start()
    {
        new HotKey(Key, WatchFilter.Values, false, RefreshValues).Start();
        new HotKey(ServicesKey, WatchFilter.SubKeys, false, RefreshServices).Start();
    }

    /// <summary>Takes the values, or their defaults if absent or malformed; without a registry the last ones stay.</summary>
    private void RefreshValues(RegistryKey? key)
    {
        if (key is not null)
        {
            RefreshSecurity(key);
            TakeAnonymous(key.QueryDword("EveryoneIncludesAnonymous"));
        }
    }

    private void RefreshSecurity(RegistryKey key)
    {
        Result<byte[]> value = key.QueryBinary("Security");
        if (value.TryGet(out byte[]? bytes, out Errno error))
        {
            Take(bytes);
        }
        else if (error == Errno.ENOENT)
        {
            Publish(_default);
        }
    }

    internal void Take(byte[] bytes)
    {
        // A descriptor without owner or DACL would be refused or would let everyone in.
        bool usable = SecurityDescriptor.TryRead(bytes, out SecurityDescriptor sd) && !sd.Owner.IsNone && sd.HasDacl;
        if (!usable)
        {
            Console.Error.WriteLine("authd: the value Security is not a usable security descriptor; the default is in force");
        }

        Publish(usable ? bytes : _default);
    }

    /// <summary>Passes the setting on when it changes; 0 unless it is exactly 1 (KACS-TOK-121).</summary>
    internal void TakeAnonymous(Result<uint> value)
    {
        if (!value.TryGet(out uint setting, out Errno error) && error != Errno.ENOENT && error != Errno.EINVAL)
        {
            return;
        }

        if (error == Errno.EINVAL || setting > 1)
        {
            Console.Error.WriteLine("authd: the value EveryoneIncludesAnonymous is neither 0 nor 1; 0 is in force");
        }

        bool include = setting == 1;
        if (include == _anonymous)
        {
            return;
        }

        Errno refused = _setAnonymous(include);
        if (refused.Ok)
        {
            _anonymous = include;
        }
        else
        {
            Console.Error.WriteLine($"authd: the kernel does not take EveryoneIncludesAnonymous: {refused}");
        }
    }

    private void Publish(byte[] security)
    {
        if (!security.AsSpan().SequenceEqual(_security))
        {
            Volatile.Write(ref _security, security);
            Interlocked.Increment(ref _generation);
        }
    }

    private void RefreshServices(RegistryKey? key)
    {
        if (key is null || !key.SubKeyNames().TryGet(out string[]? names))
        {
            return;
        }

        Dictionary<Sid, string> services = [];
        foreach (string name in names)
        {
            if (ServiceSid.IsValidName(name))
            {
                services[ServiceSid.Of(name)] = name;
            }
        }

        Volatile.Write(ref _services, services);
    }
}
