// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// What follows when a service fails or goes away: the restart policy (PEINIT-228 to 239), OnFailure, Critical, and those
/// that are bound to it (PEINIT-261 to 263).
/// </summary>
internal sealed class Failures(Machine machine)
{
    /// <summary>A service left its satisfying states: what is bound to it stops (PEINIT-261).</summary>
    public void PropagateLoss(Service lost)
    {
        if (machine.IsShuttingDown)
        {
            return;
        }

        foreach (Service service in machine.Model.Services)
        {
            if (service.State is ServiceState.Starting or ServiceState.Active or ServiceState.Reloading
                && service.Activation is { BindsTo.Length: > 0 } snapshot && Words.Contains(snapshot.BindsTo, lost.Name))
            {
                service.LostBinding = lost;
                machine.Note(service, Work.BoundStop);
            }
        }
    }

    /// <summary>A service became Active: what failed because it had gone starts again (PEINIT-263).</summary>
    public void PropagateRecovery(Service back)
    {
        foreach (Service service in machine.Model.Services)
        {
            if (service is { State: ServiceState.Failed, Cause: Cause.BindsToPropagation } && service.LostBinding == back
                && service.Model is { } model && Words.Contains(model.BindsTo, back.Name))
            {
                machine.Note(service, Work.BoundRecovery);
            }
        }
    }

    /// <summary>A service became Failed: OnFailure, and what Critical means (PEINIT-224, PEINIT-237).</summary>
    public void EnteredFailed(Service service)
    {
        FollowOnFailure(service);
        bool final = Restart.IsEligible(service.Cause) || service.Cause == Cause.RestartBudgetExhausted;
        if (final && service.Activation is { Critical: true })
        {
            machine.Boot.CriticalFailed(service);
        }
    }

    private void FollowOnFailure(Service service)
    {
        if (machine.IsShuttingDown || machine.Mode == BootMode.Recovery || (service.Model ?? service.Activation)?.OnFailure is not { } name)
        {
            return;
        }

        Service? target = machine.FindService(name);
        if (target?.Model is not { } model || target == service)
        {
            machine.Log(LogLevel.Warning, LogMessage.FailureTargetMissing, service, name);
            return;
        }

        // Two services may name each other: without a limit they would start each other for ever, with no delay.
        long now = machine.Now.Monotonic;
        if (target.FailureStarts.CountSince(Duration.Before(now, Duration.Seconds(model.RestartWindow))) >= (int)Math.Min(model.RestartMaxRetries, RestartHistory.Limit))
        {
            machine.Log(LogLevel.Warning, LogMessage.FailureTargetLimited, service, name);
            return;
        }

        target.FailureStarts.Add(now);
        machine.Note(target, Work.FailureStart);
    }

    /// <summary>Everything is gone after a failure: the restart policy decides.</summary>
    public void Evaluate(Service service)
    {
        Cause cause = service.DrainCause;
        if (cause == Cause.ParentSetupFailure)
        {
            machine.Emit(new Effect { Kind = EffectKind.RemoveCgroup, Service = service, Text = service.CgroupPath });
        }

        ServiceDefinition current = Machine.Current(service);
        long now = machine.Now.Monotonic;
        long window = Duration.Seconds(current.RestartWindow);
        if (service.ActiveSince != 0 && now - service.ActiveSince >= window)
        {
            service.Failures = 0;
            service.Restarts.Clear();
        }

        int restarts = service.Restarts.CountSince(Duration.Before(now, window));
        Restart.Verdict verdict = machine.Boot.MayRestart(service)
            ? Restart.Decide(current, cause, service.DrainSuccessExit, restarts)
            : Restart.Verdict.GiveUp;
        service.DrainSuccessExit = false;
        if (verdict != Restart.Verdict.Again)
        {
            if (verdict == Restart.Verdict.Exhausted)
            {
                machine.Log(LogLevel.Error, LogMessage.BudgetExhausted, service, null, restarts, null, cause);
            }

            Cause final = verdict == Restart.Verdict.Exhausted ? Cause.RestartBudgetExhausted : cause;
            machine.Transition(service, Transitions.OfFailure(cause), ServiceState.Failed, final);
            return;
        }

        uint delay = Restart.Delay(current.RestartDelay, service.Failures);
        machine.Log(LogLevel.Warning, LogMessage.RestartScheduled, service, null, (int)delay, null, cause);
        service.Failures++;
        service.Restarts.Add(now);
        machine.Prerequisites.ReleaseSlot(service);
        service.Phase = ActivationPhase.Delay;
        machine.Transition(service, Transitions.OfFailure(cause), ServiceState.Starting, cause);
        machine.Operations.Submit(service, OperationType.Start, OperationSource.RestartPolicy, Cause.RestartPolicy);
        if (delay == 0)
        {
            machine.Activation.DelayOver(service);
        }
        else
        {
            machine.Deadlines.Arm(service.DelayDeadline, Duration.After(now, Duration.Seconds(delay)));
        }
    }
}
