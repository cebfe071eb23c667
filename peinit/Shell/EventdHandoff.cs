// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peios.Interop;
using Peios.Registry;

namespace Peinit.Shell;

/// <summary>Connects the output to eventd when it becomes Active and disconnects it when it goes (PEINIT-417, PEINIT-423).</summary>
internal sealed class EventdHandoff(Supervisor supervisor)
{
    internal const string DefaultPath = "/run/eventd/log.sock";

    internal void Transition(in Effect effect)
    {
        if (!effect.Service!.Name.Equals("eventd", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (effect.To == ServiceState.Active && effect.From != ServiceState.Reloading)
        {
            Begin(effect.Service);
        }
        else if (effect.To is not (ServiceState.Active or ServiceState.Reloading))
        {
            supervisor.Output.Disconnect();
        }
    }

    /// <summary>eventd runs: connect to it.</summary>
    internal void Begin(Service eventd) => _ = supervisor.Worker.Submit(new ReadPath(supervisor, eventd));

    // The path is read at every handoff (PEINIT-420), off the loop (HAZ-038).
    private sealed class ReadPath(Supervisor supervisor, Service service) : IoWork
    {
        private string _path = DefaultPath;

        internal override void Run()
        {
            if (!RegistryClient.Connect().TryGet(out RegistryClient? client))
            {
                return;
            }

            using (client)
            {
                if (client.Open(@"Machine\System\eventd", KeyRights.QueryValue).TryGet(out RegistryKey? key))
                {
                    using (key)
                    {
                        _path = key.QueryString("LogSocketPath").TryGet(out string? path) && path.Length > 0 ? path : DefaultPath;
                    }
                }
            }
        }

        internal override void Complete()
        {
            if (service.State is not (ServiceState.Active or ServiceState.Reloading))
            {
                return;
            }

            Errno error = supervisor.Output.Connect(_path);
            if (!error.Ok)
            {
                supervisor.Log.Warn($"eventd's log socket {_path} cannot be used: {error}; output stays in memory");
            }
        }
    }
}
