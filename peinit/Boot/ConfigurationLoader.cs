// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peinit.Config;
using Peinit.Control;
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Ipc;
using Peios.Registry;

namespace Peinit.Boot;

/// <summary>
/// Reads definitions and settings on the worker and hands them to the core: at boot, for reload-config, and after a
/// watch has lost count (PEINIT-051, PEINIT-165, PEINIT-402).
/// </summary>
internal sealed class ConfigurationLoader(Supervisor supervisor)
{
    private bool _watched;

    /// <summary>Settings in force.</summary>
    internal InitSettings Settings { get; private set; } = InitSettings.Defaults;

    /// <summary>Changes after the load.</summary>
    internal DefinitionWatch Watch { get; } = new(supervisor);

    /// <summary>Phase 2; a failure is Recovery.</summary>
    internal void LoadForBoot() => Submit(new LoadWork(this, LoadPurpose.Boot, 0));

    /// <summary>reload-config of a client, or of peinit itself with request 0.</summary>
    internal void Reload(long request) => Submit(new LoadWork(this, LoadPurpose.Reload, request));

    /// <summary>Something below <c>Machine\System\Init</c> changed (PEINIT-149).</summary>
    internal void ReloadSettings() => Submit(new LoadWork(this, LoadPurpose.Settings, 0));

    private void Submit(LoadWork work)
    {
        if (!supervisor.Worker.Submit(work))
        {
            work.Finish(Errno.EAGAIN);
        }
    }

    private void Apply(InitSettings settings)
    {
        Settings = settings;
        supervisor.Output.MaxLine = settings.MaxLogLineLength;
        supervisor.Output.MaxUnsent = settings.MaxLogBufferPerService;
        supervisor.Control?.Apply(settings);
    }

    private void Warn(string warning) => supervisor.Log.Warn(warning);

    private void Failed(LoadPurpose purpose, long request, Errno error)
    {
        if (purpose == LoadPurpose.Boot)
        {
            supervisor.Post(Input.EnterRecovery($"the service definitions cannot be read: {error}"));
            return;
        }

        supervisor.Log.Error($"the configuration cannot be read, the old one stays: {error}");
        if (request != 0)
        {
            supervisor.Control?.Finish(request, ControlMessage.RegistryUnavailable, $"the registry cannot be read: {error}");
        }
    }

    private sealed class LoadWork(ConfigurationLoader loader, LoadPurpose purpose, long request) : IoWork
    {
        private readonly InitSettings _previous = loader.Settings;
        private readonly List<string> _warnings = [];
        private Configuration? _configuration;
        private InitSettings _settings = loader.Settings;
        private readonly bool _watched = loader._watched;
        private ArmedWatches? _watches;
        private Errno _error = Errno.EIO;

        internal override void Run()
        {
            if (!RegistryClient.Connect().TryGet(out RegistryClient? client, out _error))
            {
                return;
            }

            using (client)
            {
                // Watched first, read afterwards: a change in between is seen twice rather than not at all.
                _watches = _watched ? null : DefinitionWatch.Arm(client);
                if (purpose != LoadPurpose.Settings
                    && !DefinitionReader.Read(client, _warnings).TryGet(out _configuration, out _error))
                {
                    return;
                }

                _settings = InitSettings.Read(client, _previous, _warnings);
            }
        }

        internal override void Complete() => Finish(Outcome(_error));

        internal void Finish(Errno error)
        {
            if (!error.Ok)
            {
                loader.Failed(purpose, request, error);
                return;
            }

            foreach (string warning in _warnings)
            {
                loader.Warn(warning);
            }

            if (_watches is not null && !loader._watched)
            {
                loader._watched = true;
                loader.Watch.Begin(_watches);
            }

            loader.Apply(_settings);
            loader.Deliver(purpose, request, _configuration);
        }
    }

    private void Deliver(LoadPurpose purpose, long request, Configuration? configuration)
    {
        if (configuration is null)
        {
            return;
        }

        supervisor.Post(purpose == LoadPurpose.Boot
            ? Input.StartPhase2(configuration)
            : Input.ReloadConfiguration(configuration, request));
    }
}
