// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>
/// The way down (PEINIT-218 to 221, 255 to 258): asking a service to end, killing what is left of it, and deciding what
/// it becomes. Every failure goes the same way: kill everything, wait until it is gone, then evaluate the restart policy.
/// </summary>
internal sealed class Stopping(Machine machine)
{
    private const int SigTerm = 15;

    private const int MaxLeaks = 16;
    private const long KillWait = 5 * Duration.Second;

    private int _killSerial;

    /// <summary>Whether everything of the service is being killed.</summary>
    public bool IsDraining(Service service) => service.Phase == ActivationPhase.Drain;

    /// <summary>A stop that was not needed: it still keeps a restart in its stop part from starting again.</summary>
    public static void KeepDown(Service service, OperationType type)
    {
        if (type == OperationType.Stop && service.StopReason == StopReason.Restart)
        {
            service.StopReason = StopReason.Stop;
        }
    }

    /// <summary>A stop operation executes.</summary>
    public void Execute(Operation operation)
    {
        Service service = operation.Service;
        switch (operation.Cause)
        {
            case Cause.ConflictEviction:
                Begin(service, StopReason.Conflict, Trigger.ConflictStarts, Cause.ConflictEviction);
                break;
            case Cause.BindsToPropagation:
                Begin(service, StopReason.BindsTo, Trigger.BoundStops, Cause.BindsToPropagation);
                break;
            case Cause.ExplicitStop when service.State == ServiceState.Completed:
                service.StopReason = StopReason.Stop;
                if (service.Phase == ActivationPhase.PostHook)
                {
                    machine.Hooks.EndPostHooks(service);
                }
                else if (service.Phase == ActivationPhase.None)
                {
                    ClearCompleted(service);
                }

                break;
            default:
                Begin(service, StopReason.Stop, Trigger.StopExecutes, Cause.ExplicitStop);
                break;
        }
    }

    /// <summary>A Completed service becomes Inactive: its post hooks, if any, are gone.</summary>
    public void ClearCompleted(Service service)
    {
        bool shutdown = service.StopReason == StopReason.Shutdown;
        service.Phase = ActivationPhase.None;
        service.StopReason = StopReason.None;
        machine.Transition(
            service,
            shutdown ? Trigger.ShutdownTakes : Trigger.StopExecutes,
            ServiceState.Inactive,
            shutdown ? Cause.ShutdownWave : Cause.ExplicitStop);
    }

    /// <summary>A running or starting service becomes Stopping.</summary>
    public void Begin(Service service, StopReason reason, Trigger trigger, Cause cause)
    {
        bool draining = IsDraining(service);
        machine.Prerequisites.Forget(service);
        service.StopReason = reason;
        service.TermSent = false;
        Disarm(service);
        machine.Transition(service, trigger, ServiceState.Stopping, cause);
        if (draining)
        {
            service.Phase = ActivationPhase.Drain;
            TryFinish(service);
            return;
        }

        Job? main = service.MainJob;
        long limit = Duration.Seconds(Machine.Current(service).StopTimeout);
        if (main is null or { Step: JobStep.Token } || limit == 0)
        {
            Drain(service, Cause.None);
            return;
        }

        machine.JobTable.EndUnborn(service.HookJob);
        machine.JobTable.EndUnborn(service.ReloadJob);
        if (service.HookJob is not null || service.ReloadJob is not null)
        {
            Kill(service, CgroupPart.Hooks);
        }

        service.Phase = ActivationPhase.Term;
        service.PhaseStart = machine.Now.Monotonic;
        machine.Deadlines.Arm(service.PhaseDeadline, Duration.After(machine.Now.Monotonic, limit));
        Ask(service, main);
    }

    /// <summary>A fork came through after its service was told to go down.</summary>
    public void KillIfUnwanted(Job job)
    {
        Service service = job.Service;
        if (IsDraining(service))
        {
            Kill(service, job.Part);
        }
        else if (job == service.MainJob && service.Phase == ActivationPhase.Term)
        {
            Ask(service, job);
        }
        else if (job != service.MainJob && service.Phase is ActivationPhase.Term or ActivationPhase.PostHookDrain)
        {
            Kill(service, CgroupPart.Hooks);
        }
    }

    /// <summary>The main process ended, outside of a drain.</summary>
    public void MainExited(Job job)
    {
        Service service = job.Service;
        if (service.State == ServiceState.Stopping)
        {
            Drain(service, Cause.None);
            return;
        }

        bool success = job.State == JobState.Completed;
        if (service is { State: ServiceState.Starting, Activation.Type: ServiceType.Oneshot } && success)
        {
            Drain(service, Cause.None);
            return;
        }

        machine.Log(LogLevel.Error, LogMessage.MainExited, service, null, job.Pid, job);
        service.DrainSuccessExit = success;
        job.FailureCause = Cause.ProcessCrash;
        Fail(service, Cause.ProcessCrash);
    }

    /// <summary>An attempt or a running service failed: everything is killed at once (PEINIT-220), the rest follows when it is gone.</summary>
    public void Fail(Service service, Cause cause)
    {
        machine.Reloading.Lost(service);
        service.DrainSuccessExit &= cause == Cause.ProcessCrash;
        Drain(service, cause);
    }

    /// <summary>Kills all processes of a service and waits for their end.</summary>
    /// <param name="service">The service.</param>
    /// <param name="cause">The failure; None in a stop and after the success of a Oneshot.</param>
    public void Drain(Service service, Cause cause)
    {
        service.Phase = ActivationPhase.Drain;
        service.DrainCause = cause;
        Disarm(service);
        machine.Deadlines.Disarm(service.KillDeadline);
        machine.JobTable.EndUnborn(service.MainJob);
        machine.JobTable.EndUnborn(service.HookJob);
        machine.JobTable.EndUnborn(service.ReloadJob);
        if (service.MainUsed)
        {
            Kill(service, CgroupPart.Main);
        }

        if (service.HooksUsed)
        {
            Kill(service, CgroupPart.Hooks);
        }

        TryFinish(service);
    }

    /// <summary>Kills one part; the five seconds run from the first kill.</summary>
    public void Kill(Service service, CgroupPart part)
    {
        _killSerial = _killSerial == int.MaxValue ? 1 : _killSerial + 1;
        if (part == CgroupPart.Main)
        {
            service.MainKill = _killSerial;
        }
        else
        {
            service.HooksKill = _killSerial;
        }

        if (!service.KillDeadline.IsArmed)
        {
            machine.Deadlines.Arm(service.KillDeadline, Duration.After(machine.Now.Monotonic, KillWait));
        }

        machine.Emit(new Effect { Kind = EffectKind.KillCgroup, Service = service, Part = part, Number = _killSerial });
    }

    /// <summary>A part that was killed is empty.</summary>
    public void CgroupEmpty(Service service, CgroupPart part, int serial)
    {
        if (part == CgroupPart.Main && serial == service.MainKill)
        {
            service.MainKill = 0;
        }
        else if (part == CgroupPart.Hooks && serial == service.HooksKill)
        {
            service.HooksKill = 0;
        }
        else
        {
            return;
        }

        if (service.MainKill == 0 && service.HooksKill == 0 && !IsDraining(service))
        {
            machine.Deadlines.Disarm(service.KillDeadline);
        }

        TryFinish(service);
        machine.Hooks.Cleared(service);
    }

    /// <summary>Ends a drain when nothing is left.</summary>
    public void TryFinish(Service service)
    {
        if (!IsDraining(service) || service.MainKill != 0 || service.HooksKill != 0
            || service.MainJob is not null || service.HookJob is not null || service.ReloadJob is not null)
        {
            return;
        }

        machine.Deadlines.Disarm(service.KillDeadline);
        service.Phase = ActivationPhase.None;
        service.MainUsed = false;
        service.HooksUsed = false;
        if (service.State == ServiceState.Stopping)
        {
            Stopped(service);
        }
        else if (service.DrainCause == Cause.None)
        {
            machine.Activation.Succeeded(service);
        }
        else
        {
            machine.Failures.Evaluate(service);
        }
    }

    /// <summary>Five seconds after SIGKILL something is still there (PEINIT-211, 219, 255).</summary>
    public void KillOver(Service service)
    {
        bool mainStuck = IsDraining(service) && (service.MainKill != 0 || service.MainJob is not null);
        if (!mainStuck)
        {
            LeakHooks(service);
            TryFinish(service);
            machine.Hooks.Cleared(service);
            return;
        }

        machine.Log(LogLevel.Error, LogMessage.Unkillable, service);
        service.Phase = ActivationPhase.None;
        service.MainKill = 0;
        service.HooksKill = 0;
        if (service.State != ServiceState.Stopping)
        {
            machine.Transition(service, Trigger.LeftoversSurvive, ServiceState.Stopping, Cause.ProcessUnkillable);
        }

        GiveUp(service.MainJob);
        GiveUp(service.HookJob);
        GiveUp(service.ReloadJob);
        service.StopReason = StopReason.None;
        machine.Transition(service, Trigger.Unkillable, ServiceState.Abandoned, Cause.ProcessUnkillable);
    }

    /// <summary>The time of Starting, Stopping or Reloading is over.</summary>
    public void PhaseOver(Service service)
    {
        switch (service.State)
        {
            case ServiceState.Starting:
                Job? job = service.Phase == ActivationPhase.PreHook ? service.HookJob : service.MainJob;
                LogMessage late = job is { Step: JobStep.Token } ? LogMessage.TokenTimeout : LogMessage.StartTimeout;
                machine.Log(LogLevel.Error, late, service, null, Words.Number(service.Activation!.StartTimeout), job);
                Fail(service, Cause.ReadinessTimeout);
                break;
            case ServiceState.Stopping:
                machine.Log(LogLevel.Warning, LogMessage.StopTimeout, service, null, Words.Number(Machine.Current(service).StopTimeout));
                Drain(service, Cause.None);
                break;
            case ServiceState.Reloading:
                machine.Reloading.TimeOver(service);
                break;
        }
    }

    /// <summary>No WATCHDOG=1 in time.</summary>
    public void WatchdogOver(Service service)
    {
        machine.Log(LogLevel.Error, LogMessage.WatchdogExpired, service);
        Fail(service, Cause.WatchdogTimeout);
    }

    /// <summary>Failed, Abandoned or Skipped become Inactive by command (PEINIT-221).</summary>
    public void Reset(Operation operation)
    {
        Service service = operation.Service;
        service.Failures = 0;
        service.Restarts.Clear();
        if (service.State == ServiceState.Abandoned)
        {
            machine.Emit(new Effect { Kind = EffectKind.RemoveCgroup, Service = service, Text = service.CgroupPath, Flag = true });
        }

        machine.Transition(service, Trigger.ResetExecutes, ServiceState.Inactive);
    }

    /// <summary>Writes the last serial.</summary>
    public void WriteTo(ref ByteWriter writer) => writer.I32(_killSerial);

    /// <summary>Reads it: answers of before the restore stay stale.</summary>
    public void ReadFrom(ref ByteReader reader) => _killSerial = System.Math.Max(0, reader.I32());

    private void Ask(Service service, Job main)
    {
        if (service.AnnouncedStopping || service.TermSent || main.Pid == 0)
        {
            return;
        }

        service.TermSent = true;
        machine.Emit(new Effect { Kind = EffectKind.SendSignal, Service = service, Job = main, Number = SigTerm });
    }

    private void Stopped(Service service)
    {
        StopReason reason = service.StopReason;
        service.StopReason = StopReason.None;
        switch (reason)
        {
            case StopReason.Conflict or StopReason.BindsTo:
                machine.Transition(service, Trigger.EvictionEnds, ServiceState.Failed);
                break;
            case StopReason.Restart when service.Model is not null && !machine.IsShuttingDown:
                machine.Transition(service, Trigger.RestartStopEnds, ServiceState.Starting, Cause.ExplicitStart);
                machine.Activation.Retry(service);
                break;
            default:
                machine.Transition(service, Trigger.StopEnds, ServiceState.Inactive);
                break;
        }
    }

    private void LeakHooks(Service service)
    {
        if (service.HooksKill == 0 && service.HookJob is null && service.ReloadJob is null)
        {
            return;
        }

        string path = service.CgroupPath + "/hooks";
        service.HooksKill = 0;
        if (service.Leaks.Count == MaxLeaks)
        {
            service.Leaks.RemoveAt(0);
        }

        service.Leaks.Add(new ServiceWarning(path, CgroupPart.Hooks, machine.Now.Realtime));
        machine.Log(LogLevel.Warning, LogMessage.CgroupLeaked, service, path);
        GiveUp(service.HookJob);
        GiveUp(service.ReloadJob);
    }

    private void GiveUp(Job? job)
    {
        if (job is not null)
        {
            job.FailureCause = Cause.ProcessUnkillable;
            machine.JobTable.End(job, job.Pid == 0 ? JobState.Failed : JobState.Abandoned);
        }
    }

    private void Disarm(Service service)
    {
        machine.Deadlines.Disarm(service.PhaseDeadline);
        machine.Deadlines.Disarm(service.PostHookDeadline);
        machine.Deadlines.Disarm(service.DelayDeadline);
        machine.Deadlines.Disarm(service.WatchdogDeadline);
    }
}
