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

            Thread.Sleep(RetryMilliseconds);
        }
    }

    /// <summary>Returns when the key, its watch or the registry is gone.</summary>
    private void Follow()
    {
        if (!RegistryClient.Connect().TryGet(out RegistryClient? client))
        {
            refresh(null);
            return;
        }

        using (client)
        {
            if (!client.Open(path, KeyRights.Read).TryGet(out RegistryKey? key))
            {
                refresh(null);
                return;
            }

            using (key)
            {
                // Armed before the first read: a change between the two is seen, at worst twice.
                bool armed = key.Watch(filter, subtree).TryGet(out RegistryWatch? watch);
                refresh(key);
                while (armed && watch!.Read().Ok && Follows(watch))
                {
                    refresh(key);
                }
            }
        }
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
