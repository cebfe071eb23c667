// SPDX-License-Identifier: MIT
using Eventd.Access;
using Peios.Interop;
using Peios.Registry;

namespace Eventd;

/// <summary>
/// Follows <c>Machine\System\eventd</c> and everything below it: settings and descriptors. While the registry is away what
/// is in force stays; it is read again when it is back (EVT-245, EVT-268, EVT-274).
/// </summary>
internal sealed class ConfigurationWatch(Daemon daemon, SecurityCatalogue security)
{
    private readonly object _lock = new();

    /// <summary>Starts following.</summary>
    internal void Start() => new HotKey(SettingsReader.Root, WatchFilter.Values | WatchFilter.SubKeys, subtree: true, Refresh).Start();

    /// <summary>SIGHUP: reads now, over another connection.</summary>
    internal void ReadAgain(RegistryClient registry)
    {
        if (!registry.Open(SettingsReader.Root, KeyRights.Read).TryGet(out RegistryKey? key, out Errno error))
        {
            Report.Error($"{SettingsReader.Root}: {error}; nothing changes");
            return;
        }

        using (key)
        {
            Refresh(key);
        }
    }

    private void Refresh(RegistryKey? key)
    {
        if (key is null)
        {
            return;
        }

        lock (_lock)
        {
            daemon.Apply(SettingsReader.Tune(key, daemon.Settings.Current));
            if (key.Open(SecurityCatalogue.Key, KeyRights.Read).TryGet(out RegistryKey? descriptors))
            {
                using (descriptors)
                {
                    security.Refresh(descriptors);
                }
            }
        }
    }
}
