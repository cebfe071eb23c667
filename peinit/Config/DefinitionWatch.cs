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
    private bool _settings;

    /// <summary>On the worker: arms what can be armed. A missing key has no watch.</summary>
    internal static ArmedWatches Arm(RegistryClient client) =>
        new(Open(client, DefinitionReader.Services), Open(client, Boot.InitSettings.Key));

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

        foreach (string name in _changed)
        {
            if (!supervisor.Worker.Submit(new ReadWork(supervisor, name)))
            {
                _everything = true;
                Arm();
                break;
            }
        }

        _changed.Clear();
    }

    internal void Begin(ArmedWatches watches)
    {
        Add(watches.Services, services: true);
        Add(watches.Init, services: false);
    }

    /// <summary>One record of a watch.</summary>
    internal void Changed(in WatchEvent change, bool services)
    {
        if (!services)
        {
            _settings = true;
        }
        else if (change.Type is WatchEventType.Overflow or WatchEventType.KeyDeleted)
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
            // A value of the Services key itself: the descriptor that services inherit.
            _everything = true;
        }
    }

    private static RegistryWatch? Open(RegistryClient client, string path)
    {
        if (!client.Open(path, KeyRights.Notify).TryGet(out RegistryKey? key))
        {
            return null;
        }

        if (key.Watch(WatchFilter.All, subtree: true).TryGet(out RegistryWatch? watch) && Files.SetNonBlocking(key.Descriptor).Ok)
        {
            return watch;
        }

        key.Dispose();
        return null;
    }

    private void Add(RegistryWatch? watch, bool services)
    {
        if (watch is null || !supervisor.Loop.Add(new Source(this, watch, services), LoopEvents.Readable).Ok)
        {
            supervisor.Log.Warn($"changes of {(services ? "service definitions" : "settings")} are not noticed; use svctl reload-config");
        }
    }

    private void Arm()
    {
        if (!Armed && (_settings || _everything || _changed.Count > 0))
        {
            supervisor.Loop.Schedule(this, Clock.Monotonic + SettleNanoseconds);
        }
    }

    private sealed class Source(DefinitionWatch owner, RegistryWatch watch, bool services) : EventSource
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
                    owner.Changed(change, services);
                }
            }

            owner.Arm();
        }
    }

    private sealed class ReadWork(Supervisor supervisor, string name) : IoWork
    {
        private ServiceDefinition? _definition;
        private Errno _error = Errno.EIO;

        internal override void Run()
        {
            if (RegistryClient.Connect().TryGet(out RegistryClient? client, out _error))
            {
                using (client)
                {
                    _ = DefinitionReader.ReadOne(client, name).TryGet(out _definition, out _error);
                }
            }
        }

        internal override void Complete()
        {
            Errno error = Outcome(_error);
            if (_definition is not null)
            {
                supervisor.Post(Input.DefinitionChanged(_definition));
            }
            else if (error == Errno.ENOENT)
            {
                supervisor.Post(Input.DefinitionRemoved(name));
            }
            else
            {
                supervisor.Log.Error($"{name}: its changed definition cannot be read, the old one stays: {error}");
            }
        }
    }
}
