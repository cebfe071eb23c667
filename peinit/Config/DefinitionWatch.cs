// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;
using Peios.Registry;

namespace Peinit.Config;

/// <summary>
/// Turns changes below <c>Machine\System\Services</c> and <c>Machine\System\Init</c> into new definitions and settings
/// (PEINIT-149, PEINIT-164 to PEINIT-167). Reading a watch never waits; reading the registry is the worker's.
/// </summary>
internal sealed class DefinitionWatch(Supervisor supervisor) : LoopTimer
{
    // A tool writes several values of one key: read it once, after the last of them.
    private const ulong SettleNanoseconds = 50_000_000;

    private readonly HashSet<string> _changed = new(StringComparer.OrdinalIgnoreCase);
    private bool _everything;
    private bool _inherited;
    private bool _settings;

    /// <summary>On the worker: arms what can be armed. A missing key has no watch.</summary>
    internal static ArmedWatches Arm(RegistryClient client) =>
        new(
            Open(client, DefinitionReader.Services, WatchFilter.All, subtree: true),
            Open(client, Boot.InitSettings.Key, WatchFilter.All, subtree: true),
            Array.ConvertAll(DefinitionReader.Ancestors, path => Open(client, path, WatchFilter.Values, subtree: false)));

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now)
    {
        if (_settings)
        {
            _settings = false;
            supervisor.Configuration.ReloadSettings();
        }

        if (_everything)
        {
            _everything = false;
            _changed.Clear();
            supervisor.Configuration.Reload(0);
            return;
        }

        if (_inherited)
        {
            // One by one: a definition that is invalid for other reasons must not keep the rest from the new descriptor.
            _inherited = false;
            foreach (Service service in supervisor.Machine.Services)
            {
                _ = _changed.Add(service.Name);
            }
        }

        if (_changed.Count > 0 && !supervisor.Worker.Submit(new ReadWork(supervisor, [.. _changed])))
        {
            Arm();
            return;
        }

        _changed.Clear();
    }

    internal void Begin(ArmedWatches watches)
    {
        Add(watches.Services, WatchedKey.Services);
        Add(watches.Init, WatchedKey.Settings);
        foreach (RegistryWatch? above in watches.Above)
        {
            Add(above, WatchedKey.Ancestor);
        }
    }

    /// <summary>One record of a watch.</summary>
    internal void Changed(in WatchEvent change, WatchedKey key)
    {
        bool lost = change.Type is WatchEventType.Overflow or WatchEventType.KeyDeleted;
        if (key == WatchedKey.Settings)
        {
            _settings = true;
        }
        else if (key == WatchedKey.Ancestor)
        {
            _inherited |= lost || InheritedName(change);
        }
        else if (lost)
        {
            _everything = true;
        }
        else if (change.Path.Length > 0)
        {
            _ = _changed.Add(change.Path[0]);
        }
        else if (change.Type is WatchEventType.SubKeyCreated or WatchEventType.SubKeyDeleted)
        {
            _ = _changed.Add(change.Name);
        }
        else
        {
            _inherited |= InheritedName(change);
        }
    }

    private static bool InheritedName(in WatchEvent change) =>
        change.Name.Equals(DefinitionReader.SecurityValue, StringComparison.OrdinalIgnoreCase);

    private static RegistryWatch? Open(RegistryClient client, string path, WatchFilter filter, bool subtree)
    {
        if (!client.Open(path, KeyRights.Notify).TryGet(out RegistryKey? key))
        {
            return null;
        }

        if (key.Watch(filter, subtree).TryGet(out RegistryWatch? watch) && Files.SetNonBlocking(key.Descriptor).Ok)
        {
            return watch;
        }

        key.Dispose();
        return null;
    }

    private void Add(RegistryWatch? watch, WatchedKey key)
    {
        if (watch is null || !supervisor.Loop.Add(new Source(this, watch, key), LoopEvents.Readable).Ok)
        {
            string what = key switch
            {
                WatchedKey.Services => "service definitions",
                WatchedKey.Settings => "settings",
                _ => "inherited descriptors",
            };
            supervisor.Log.Warn($"changes of {what} are not noticed; use svctl reload-config");
        }
    }

    private void Arm()
    {
        if (!Armed && (_settings || _everything || _inherited || _changed.Count > 0))
        {
            supervisor.Loop.Schedule(this, Clock.Monotonic + SettleNanoseconds);
        }
    }

    private sealed class Source(DefinitionWatch owner, RegistryWatch watch, WatchedKey key) : EventSource
    {
        private const int ReadsPerRound = 4;

        public override int Priority => 3;

        public override Fd Descriptor => watch.Descriptor;

        public override void Ready(EventLoop loop, LoopEvents events)
        {
            for (int i = 0; i < ReadsPerRound; i++)
            {
                Errno error = watch.Read();
                if (!error.Ok)
                {
                    if (error != Errno.EAGAIN)
                    {
                        loop.Remove(this);
                    }

                    break;
                }

                while (watch.TryNext(out WatchEvent change))
                {
                    owner.Changed(change, key);
                }
            }

            owner.Arm();
        }
    }

    private sealed class ReadWork(Supervisor supervisor, string[] names) : IoWork
    {
        private readonly Result<ServiceDefinition>[] _read = new Result<ServiceDefinition>[names.Length];
        private readonly List<string> _warnings = [];

        internal override void Run()
        {
            Array.Fill(_read, Errno.EIO);
            if (!RegistryClient.Connect().TryGet(out RegistryClient? client, out Errno error))
            {
                Array.Fill(_read, error);
                return;
            }

            using (client)
            {
                // The first timeout ends a load (HAZ-038).
                for (int i = 0; i < names.Length && error != Errno.ETIMEDOUT; i++)
                {
                    _warnings.Clear();
                    _read[i] = DefinitionReader.ReadOne(client, names[i], _warnings);
                    error = _read[i].Error;
                }
            }
        }

        internal override void Complete()
        {
            foreach (string warning in _warnings)
            {
                supervisor.Log.Warn(warning);
            }

            for (int i = 0; i < names.Length; i++)
            {
                Errno error = Outcome(_read[i].Error);
                if (error.Ok && _read[i].TryGet(out ServiceDefinition? definition))
                {
                    supervisor.Post(Input.DefinitionChanged(definition));
                }
                else if (error == Errno.ENOENT)
                {
                    supervisor.Post(Input.DefinitionRemoved(names[i]));
                }
                else
                {
                    supervisor.Log.Error($"{names[i]}: its changed definition cannot be read, the old one stays: {error}");
                }
            }
        }
    }
}
