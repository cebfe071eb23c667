// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>
/// Starting a service (PEINIT-175 to 202): checks and dependencies while it is still idle, then, with a slot, the steps
/// from cgroup to readiness while it is Starting. A service that is started again (policy, restart operation) is Starting
/// already; it passes dependencies and slot there, without checks.
/// </summary>
internal sealed class Activation(Machine machine)
{
    /// <summary>Begins the attempt of a Pending operation on an idle service.</summary>
    public void Begin(Service service, Operation operation)
    {
        if (!MayStart(service))
        {
            return;
        }

        ServiceDefinition model = service.Model!;
        if (model.Conditions.Length + model.Asserts.Length == 0)
        {
            machine.Prerequisites.Await(service);
            return;
        }

        service.Phase = ActivationPhase.Checks;
        RequestChecks(service);
    }

    /// <summary>Asks for the checks of an attempt, or asks again after a restore.</summary>
    public void RequestChecks(Service service)
    {
        service.CheckSerial++;
        machine.Emit(new Effect { Kind = EffectKind.RunChecks, Service = service, Number = service.CheckSerial });
    }

    /// <summary>The checks answered.</summary>
    public void ChecksDone(Service service, int serial, CheckOutcome outcome, string? entry)
    {
        if (service.Phase != ActivationPhase.Checks || serial != service.CheckSerial)
        {
            return;
        }

        switch (outcome)
        {
            case CheckOutcome.Passed:
                machine.Prerequisites.Await(service);
                break;
            case CheckOutcome.ConditionFailed:
                machine.Log(LogLevel.Info, LogMessage.ConditionFailed, service, entry);
                Skip(service);
                break;
            default:
                machine.Log(LogLevel.Error, LogMessage.AssertFailed, service, entry);
                Refuse(service, Trigger.AssertFails, Cause.AssertionError);
                break;
        }
    }

    /// <summary>The operation that an idle attempt belonged to is gone, and so is the attempt.</summary>
    public void Dropped(Service service)
    {
        if (!service.MayHaveProcesses && service.Phase is ActivationPhase.Checks or ActivationPhase.Dependencies or ActivationPhase.Slot)
        {
            machine.Prerequisites.Forget(service);
        }
    }

    /// <summary>RestartDelay is over: the next attempt begins.</summary>
    public void DelayOver(Service service)
    {
        if (service.Phase != ActivationPhase.Delay)
        {
            return;
        }

        machine.Transition(service, Trigger.DelayOver, ServiceState.Starting, Cause.RestartPolicy);
        Retry(service);
    }

    /// <summary>A service that is Starting already tries again.</summary>
    public void Retry(Service service)
    {
        service.Phase = ActivationPhase.None;
        if (MayStart(service))
        {
            machine.Prerequisites.Await(service);
        }
    }

    /// <summary>CreateCgroup answered.</summary>
    public void CgroupAnswered(Service service, InputKind answer, int errno)
    {
        if (service.Phase != ActivationPhase.Cgroup)
        {
            if (answer == InputKind.CgroupBusy && !service.MayHaveProcesses)
            {
                machine.Log(LogLevel.Warning, LogMessage.ResetWithProcesses, service, service.CgroupPath);
            }

            return;
        }

        switch (answer)
        {
            case InputKind.CgroupReady:
                machine.Hooks.NextPreHook(service, 0);
                break;
            case InputKind.CgroupBusy:
                CgroupNames.NextGeneration(machine.Services, service);
                machine.Log(LogLevel.Warning, LogMessage.CgroupBusy, service, service.CgroupPath);
                machine.Emit(new Effect { Kind = EffectKind.CreateCgroup, Service = service });
                break;
            default:
                machine.Log(LogLevel.Error, LogMessage.CgroupFailed, service, null, errno);
                service.LastErrno = errno;
                machine.Stopping.Fail(service, Cause.ParentSetupFailure);
                break;
        }
    }

    /// <summary>The pre-hooks are done: the main process is next.</summary>
    public void StartMain(Service service)
    {
        service.Phase = ActivationPhase.Main;
        service.MainJob = machine.JobTable.Create(service, JobType.ServiceMain, service.Activation!, null, 0);
    }

    /// <summary>No token, or no fork: the job ends without a process.</summary>
    public void NotForked(Job job, int errno)
    {
        Service service = job.Service;
        job.Errno = errno;
        job.FailureCause = Cause.ParentSetupFailure;
        machine.JobTable.End(job, JobState.Failed);
        if (machine.Stopping.IsDraining(service))
        {
            machine.Stopping.TryFinish(service);
        }
        else if (job.Type != JobType.ServiceMain)
        {
            machine.Hooks.Ended(job, false);
        }
        else if (service.State == ServiceState.Stopping)
        {
            machine.Stopping.Drain(service, Cause.None);
        }
        else
        {
            service.LastErrno = errno;
            machine.Stopping.Fail(service, Cause.ParentSetupFailure);
        }
    }

    /// <summary>The child executed its binary.</summary>
    public void Executed(Job job)
    {
        Service service = job.Service;
        if (job != service.MainJob || service.Phase != ActivationPhase.Main)
        {
            return;
        }

        service.Phase = ActivationPhase.Readiness;
        if (service.Activation is { Type: ServiceType.Simple, Readiness: Readiness.Alive })
        {
            Ready(service);
        }
    }

    /// <summary>The child did not execute its binary; its exit is still to come.</summary>
    public void NotExecuted(Job job, int step, int errno)
    {
        Service service = job.Service;
        job.FailedStep = step;
        job.Errno = errno;
        job.FailureCause = Cause.PreExecFailure;
        machine.Log(LogLevel.Error, LogMessage.ExecFailed, service, null, errno, job);
        if (job == service.MainJob && service.State == ServiceState.Starting && !machine.Stopping.IsDraining(service))
        {
            service.LastErrno = errno;
            machine.Stopping.Fail(service, Cause.PreExecFailure);
        }
    }

    /// <summary>A process was reaped.</summary>
    public void Exited(Job job, int code, int signal)
    {
        const int Eio = 5;
        Service service = job.Service;
        if (job.Step == JobStep.Exec && job.FailureCause == Cause.None && signal != 0)
        {
            // HAZ-035: it died before the error pipe said that it runs.
            NotExecuted(job, 0, Eio);
        }

        bool executed = job.FailureCause == Cause.None;
        machine.JobTable.Exited(job, code, signal);
        if (machine.Stopping.IsDraining(service))
        {
            machine.Stopping.TryFinish(service);
        }
        else if (job.Type != JobType.ServiceMain)
        {
            machine.Hooks.Ended(job, executed && code == 0 && signal == 0);
        }
        else
        {
            machine.Stopping.MainExited(job);
        }
    }

    /// <summary>A Simple service is ready.</summary>
    public void Ready(Service service)
    {
        machine.Deadlines.Disarm(service.PhaseDeadline);
        machine.Transition(service, Trigger.Ready, ServiceState.Active);
        machine.Hooks.NextPostHook(service, 0);
    }

    /// <summary>A Oneshot ended well and left nothing behind.</summary>
    public void Succeeded(Service service)
    {
        service.Failures = 0;
        service.Restarts.Clear();
        machine.Transition(service, Trigger.OneshotSucceeds, ServiceState.Completed);
        machine.Hooks.NextPostHook(service, 0);
    }

    /// <summary>The post hooks are over: dependents go on, the watchdog starts (PEINIT-199).</summary>
    public void Release(Service service)
    {
        service.Phase = ActivationPhase.None;
        service.IsReleased = true;
        machine.Prerequisites.WakeAround(service);
        if (service.State == ServiceState.Completed && !service.Activation!.RemainAfterExit)
        {
            Prerequisites.LatchDependents(service);
            machine.Transition(service, Trigger.DependentsReleased, ServiceState.Inactive);
        }
        else
        {
            machine.Messages.ArmWatchdog(service);
            machine.Note(service, Work.Advance);
        }
    }

    /// <summary>Validity and cycles come before everything else (PEINIT-103, PEINIT-280).</summary>
    public bool MayStart(Service service)
    {
        if (service.Model is null)
        {
            return false;
        }

        if (service.Model is { IsValid: false } invalid)
        {
            foreach (string error in invalid.Errors)
            {
                machine.Log(LogLevel.Error, LogMessage.DefinitionInvalid, service, error);
            }

            Refuse(service, Trigger.CannotStart, Cause.ValidationError);
            return false;
        }

        if (service.Cycle is { } cycle)
        {
            machine.Log(LogLevel.Error, LogMessage.Cycle, service, cycle);
            Refuse(service, Trigger.CannotStart, Cause.CycleDetected);
            return false;
        }

        return true;
    }

    /// <summary>Ends an attempt before its cgroup exists; idle states pass through Inactive (PEINIT-215).</summary>
    public void Refuse(Service service, Trigger trigger, Cause cause)
    {
        Operation? operation = Abandon(service);
        if (service.State is ServiceState.Completed or ServiceState.Skipped
            || (service.State == ServiceState.Failed && trigger != Trigger.CannotStart))
        {
            machine.Transition(service, trigger, ServiceState.Inactive);
        }

        machine.Transition(service, trigger, ServiceState.Failed, cause);
        if (operation is not null)
        {
            machine.Operations.End(operation, OperationState.Failed, Names.Of(cause));
        }
    }

    private void Skip(Service service)
    {
        Operation? operation = Abandon(service);
        if (service.State is ServiceState.Completed or ServiceState.Failed)
        {
            machine.Transition(service, Trigger.ConditionFails, ServiceState.Inactive);
        }

        machine.Transition(service, Trigger.ConditionFails, ServiceState.Skipped, Cause.ConditionSkipped);
        if (operation is not null)
        {
            machine.Operations.End(operation, OperationState.Completed, Names.Of(Cause.ConditionSkipped));
        }
    }

    /// <summary>Clears the attempt and returns the Pending operation that it was for; a Running one ends with the transition.</summary>
    private Operation? Abandon(Service service)
    {
        machine.Prerequisites.Forget(service);
        service.LastErrno = 0;
        return service.RunningOperation is null && service.PendingOperations.Count > 0 ? service.PendingOperations[0] : null;
    }

    /// <summary>Inactive to Starting, and step 2: from here on the definition's snapshot counts (PEINIT-157).</summary>
    public void Launch(Service service)
    {
        Operation? operation = service.RunningOperation ?? (service.PendingOperations.Count > 0 ? service.PendingOperations[0] : null);
        if (service.State != ServiceState.Starting)
        {
            Trigger trigger = operation!.Type == OperationType.Restart ? Trigger.RestartExecutes
                : operation.Cause == Cause.BindsToRecovery ? Trigger.BoundRecovers
                : Trigger.StartExecutes;
            if (service.State == ServiceState.Skipped)
            {
                machine.Transition(service, trigger, ServiceState.Inactive);
            }

            machine.Transition(service, trigger, ServiceState.Starting, operation.Cause);
        }

        if (operation is { State: OperationState.Pending })
        {
            machine.Operations.Run(operation);
        }

        machine.Prerequisites.TakeSlot(service);
        service.BeginActivation(machine.Now.Monotonic);
        machine.Deadlines.Arm(service.PhaseDeadline, Duration.After(machine.Now.Monotonic, Duration.Seconds(service.Activation!.StartTimeout)));
        machine.Emit(new Effect { Kind = EffectKind.CreateCgroup, Service = service });
    }
}
