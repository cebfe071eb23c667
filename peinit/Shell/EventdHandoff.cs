// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peios.Interop;
using Peios.Ipc;
using Peios.Registry;

namespace Peinit.Shell;

/// <summary>
/// Connects the output to eventd when it becomes Active, disconnects it when it goes, and connects again as long as
/// eventd runs and there is no connection: what is buffered must not wait for eventd's next restart (PEINIT-417,
/// PEINIT-423).
/// </summary>
internal sealed class EventdHandoff : LoopTimer
{
    internal const string DefaultPath = "/run/eventd/log.sock";

    private const ulong RetryNanoseconds = 1_000_000_000;

    private readonly Supervisor _supervisor;
    private Service? _eventd;
    private bool _said;

    internal EventdHandoff(Supervisor supervisor)
    {
        _supervisor = supervisor;
        supervisor.Output.Lost = TryLater;
    }

    private bool Runs => _eventd?.State is ServiceState.Active or ServiceState.Reloading;

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
            _supervisor.Loop.Cancel(this);
            _supervisor.Output.Disconnect();
        }
    }

    /// <summary>eventd runs: connect to it.</summary>
    internal void Begin(Service eventd)
    {
        _eventd = eventd;
        _said = false;
        Try();
    }

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now)
    {
        if (Runs && !_supervisor.Output.Connected)
        {
            Try();
        }
    }

    private void Try()
    {
        if (!_supervisor.Worker.Submit(new ReadPath(this)))
        {
            TryLater();
        }
    }

    private void TryLater() => _supervisor.Loop.Schedule(this, Clock.Monotonic + RetryNanoseconds);

    private void Connect(string path)
    {
        if (!Runs)
        {
            return;
        }

        Errno error = _supervisor.Output.Connect(path);
        if (error.Ok)
        {
            _said = false;
            return;
        }

        TryLater();
        if (!_said)
        {
            _said = true;
            _supervisor.Log.Warn($"eventd's log socket {path} cannot be used: {error}; output stays in memory");
        }
    }

    // The path is read at every handoff (PEINIT-420), off the loop (HAZ-038).
    private sealed class ReadPath(EventdHandoff handoff) : IoWork
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

        internal override void Complete() => handoff.Connect(_path);
    }
}
