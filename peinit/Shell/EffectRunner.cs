// SPDX-License-Identifier: MIT
using Peinit.Boot;
using Peinit.Core;
using Peinit.Launch;
using Peinit.Output;
using Peios.Interop;

namespace Peinit.Shell;

/// <summary>Executes what the core decided. What fails comes back as an input, never as an exception.</summary>
internal sealed class EffectRunner
{
    private readonly Supervisor _supervisor;
    private readonly Launcher _launcher;
    private readonly EventReporter _events;
    private readonly ServiceBoot _boot;
    private readonly StuckChecks _stuckChecks = new();

    internal EffectRunner(Supervisor supervisor)
    {
        _supervisor = supervisor;
        _launcher = supervisor.Launcher;
        _events = supervisor.Events;
        _boot = supervisor.Boots;
        Eventd = new EventdHandoff(supervisor);
    }

    internal EventdHandoff Eventd { get; }

    internal void Execute(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.CreateCgroup:
                _launcher.CreateCgroup(effect.Service!);
                break;
            case EffectKind.KillCgroup:
                _launcher.KillCgroup(effect.Service!, effect.Part, effect.Number);
                break;
            case EffectKind.RemoveCgroup:
                RemoveCgroup(effect);
                break;
            case EffectKind.RequestToken:
                _launcher.RequestToken(effect.Job!);
                break;
            case EffectKind.Spawn:
                _launcher.Spawn(effect.Job!);
                break;
            case EffectKind.SendSignal:
                _launcher.SendSignal(effect.Job!, effect.Number);
                break;
            case EffectKind.RunChecks:
                new StartChecks(_supervisor, _stuckChecks, effect.Service!, effect.Number).Begin();
                break;
            case EffectKind.Log:
                WriteLog(effect);
                break;
            case EffectKind.Reply:
                _supervisor.Control?.Reply(effect);
                break;
            case EffectKind.ForgetService:
                _supervisor.Output.ForgetService(effect.Service!.Name);
                break;
            default:
                Record(effect);
                Conduct(effect);
                break;
        }
    }

    /// <summary>An effect threw: whoever waits for its answer gets a failure instead of nothing.</summary>
    internal void Abandon(in Effect effect)
    {
        int error = Errno.EIO.Value;
        switch (effect.Kind)
        {
            case EffectKind.CreateCgroup:
                _supervisor.Post(Input.CgroupFailed(effect.Service!, error));
                break;
            case EffectKind.RequestToken:
                _supervisor.Post(Input.TokenFailed(effect.Job!, error));
                break;
            case EffectKind.Spawn:
                _supervisor.Post(Input.SpawnFailed(effect.Job!, error));
                break;
            case EffectKind.RunChecks:
                _supervisor.Post(Input.ChecksDone(effect.Service!, effect.Number, CheckOutcome.ConditionFailed, null));
                break;
            case EffectKind.FinishShutdown or EffectKind.ForceReboot or EffectKind.CriticalReboot:
                _ = Mounts.Machine(Mounts.Reboot);
                break;
            default:
                break;
        }
    }

    private void RemoveCgroup(in Effect effect)
    {
        Errno error = _launcher.Cgroups.Remove(effect.Text ?? effect.Service!.CgroupPath);
        if (effect.Flag && error == Errno.EBUSY)
        {
            _supervisor.Post(Input.CgroupBusy(effect.Service!));
        }
    }

    private void WriteLog(in Effect effect)
    {
        // However it began, by a command or by a signal (PEINIT-372).
        _supervisor.Log.OnConsole |= effect.Message == LogMessage.ShutdownStarted;
        bool bad = effect.Level != LogLevel.Info;
        string text = LogText.Text(effect);
        if (bad || _supervisor.Machine.IsShuttingDown)
        {
            _supervisor.Log.Warn(text);
        }
        else
        {
            _supervisor.Log.Record(text, isError: false);
        }
    }

    // Events and progress lines; none of them has an answer.
    private void Record(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Transition:
                _events.Transition(effect);
                ShowTransition(effect);
                Eventd.Transition(effect);
                break;
            case EffectKind.JobCreated:
                _events.JobCreated(effect.Job!);
                break;
            case EffectKind.JobStarted:
                _events.JobStarted(effect.Job!);
                break;
            case EffectKind.JobEnded:
                _events.JobEnded(effect.Job!, _launcher.TokenSummaryOf(effect.Job!));
                _launcher.Forget(effect.Job!);
                break;
            case EffectKind.OperationRequested:
            case EffectKind.OperationStarted:
            case EffectKind.OperationEnded:
                _events.Operation(effect.Kind, effect.Operation!);
                break;
            case EffectKind.ServiceNotify:
                _events.Notify(effect);
                break;
            default:
                break;
        }
    }

    private void Conduct(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.BootMode:
                _events.BootMode((BootMode)effect.Number, effect.Text);
                break;
            case EffectKind.Phase1Ready:
                _boot.Probe();
                break;
            case EffectKind.EnterRecovery:
                _boot.EnterRecovery(effect.Text ?? "the boot failed");
                break;
            case EffectKind.BootSettled:
                _boot.Settled();
                break;
            case EffectKind.BootSucceeded:
                _boot.Succeeded();
                break;
            case EffectKind.FinishShutdown:
                new ShutdownSequence(_supervisor, (ShutdownType)effect.Number, effect.Flag).Start();
                break;
            case EffectKind.ForceReboot:
                _ = _launcher.Cgroups.KillAll();
                ShutdownSequence.RebootNow(_supervisor, "forced reboot");
                break;
            case EffectKind.CriticalReboot:
                ShutdownSequence.RebootNow(_supervisor, $"critical service {effect.Service?.Name} failed, rebooting");
                break;
            default:
                break;
        }
    }

    private void ShowTransition(in Effect effect)
    {
        string text = LogText.Text(effect);
        bool failed = effect.To is ServiceState.Failed or ServiceState.Abandoned;
        if (failed)
        {
            _supervisor.Log.Warn(text);
        }
        else if (effect.To is ServiceState.Active or ServiceState.Completed || _supervisor.Machine.IsShuttingDown)
        {
            _supervisor.Log.Info(text);
        }
        else
        {
            _supervisor.Log.Record(text, isError: false);
        }
    }
}
