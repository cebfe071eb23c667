// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Peios.Interop;

namespace Peios.Registry;

/// <summary>
/// Follows one key on a thread of its own, so that a registry source that hangs never stops the server that uses the
/// values. <paramref name="refresh"/> runs on that thread: at the start, after every change, and with null while the
/// key or the registry is not there. It publishes what it read with a volatile write.
/// </summary>
/// <param name="path">The key.</param>
/// <param name="filter">What counts as a change.</param>
/// <param name="subtree">Watch the whole subtree.</param>
/// <param name="refresh">Reads the key; null: absent or unreachable.</param>
public sealed class HotKey(string path, WatchFilter filter, bool subtree, Action<RegistryKey?> refresh)
{
    private const int RetryMilliseconds = 5000;
    private const int StackBytes = 256 * 1024;

    /// <summary>Starts following; there is no end before that of the process.</summary>
    public void Start() => new Thread(Run, StackBytes) { IsBackground = true, Name = "registry" }.Start();

    private void Run()
    {
        while (true)
        {
            try
            {
                Follow();
            }
            catch (Exception e)
            {
                // An exception that leaves a thread ends the process, and a value in the registry must not do that.
                Console.Error.WriteLine($"{path}: reading failed unexpectedly: {e.GetType().Name}: {e.Message}");
            }

            // Only where there is nothing to wait for: no registry, no source behind it, no right to look (AUTH-068).
            Thread.Sleep(RetryMilliseconds);
        }
    }

    /// <summary>Returns when the registry cannot be asked, or the key cannot be read though it may be there.</summary>
    private void Follow()
    {
        if (!RegistryClient.Connect().TryGet(out RegistryClient? client))
        {
            refresh(null);
            return;
        }

        using (client)
        {
            Errno error;
            while (Serve(client, out error) || (error == Errno.ENOENT && Appears(client)))
            {
            }
        }
    }

    /// <summary>Follows the key while it is there; true if it was.</summary>
    private bool Serve(RegistryClient client, out Errno error)
    {
        if (!client.Open(path, KeyRights.Read).TryGet(out RegistryKey? key, out error))
        {
            refresh(null);
            return false;
        }

        using (key)
        {
            // Armed before the first read: a change between the two is seen, at worst twice.
            bool armed = key.Watch(filter, subtree).TryGet(out RegistryWatch? watch, out error);
            refresh(key);
            while (armed && (error = watch!.Read()).Ok && Follows(watch))
            {
                refresh(key);
            }

            // Deleted: it may come back. Otherwise the watch failed, and so will the next one.
            return armed && error.Ok;
        }
    }

    /// <summary>Waits below the nearest key above that is there, until the key has appeared.</summary>
    private bool Appears(RegistryClient client)
    {
        for (int at = path.LastIndexOf('\\'); at > 0; at = path.LastIndexOf('\\', at - 1))
        {
            if (!client.Open(path[..at], KeyRights.Notify).TryGet(out RegistryKey? above, out Errno error))
            {
                if (error == Errno.ENOENT)
                {
                    continue;
                }

                return false;
            }

            using (above)
            {
                if (!above.Watch(WatchFilter.SubKeys, true).TryGet(out RegistryWatch? watch, out _))
                {
                    return false;
                }

                // Armed first: what has appeared meanwhile is not waited for.
                return IsThere(client) || watch.Read().Ok;
            }
        }

        return false;
    }

    private bool IsThere(RegistryClient client)
    {
        bool found = client.Open(path, KeyRights.Read).TryGet(out RegistryKey? key);
        key?.Dispose();
        return found;
    }

    private static bool Follows(RegistryWatch watch)
    {
        bool alive = true;
        while (watch.TryNext(out WatchEvent change))
        {
            alive &= change.Type != WatchEventType.KeyDeleted;
        }

        return alive;
    }
}
