// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// Operations: the only way in which commands, dependencies and policies act on services (PEINIT-300). A service has at
/// most one Running operation and a short queue of Pending starts and restarts; stop, reload and reset run at once or
/// not at all.
/// </summary>
internal sealed class Operations(Machine machine)
{
    private const int MaxPending = 16;

    private const string Timeout = "timeout";

    private readonly List<(long Request, Operation Operation)> _unwaited = [];

    /// <summary>Operations by GUID, the ended ones for a while.</summary>
    public OperationIndex Index { get; } = new();

    /// <summary>A lifecycle command of a client.</summary>
    public void Command(in Input input)
    {
        OperationType type = (OperationType)input.Step;
        Service? service = machine.FindService(input.Text!);
        if (service is null)
        {
            machine.Emit(new Effect { Kind = EffectKind.Reply, Request = input.Request, Code = ReplyCode.ServiceNotFound });
            return;
        }

        Cause cause = type is OperationType.Start or OperationType.Restart ? Cause.ExplicitStart : Cause.ExplicitStop;
        (Operation? operation, ReplyCode code) = Submit(service, type, OperationSource.Admin, cause, input.Caller);
        if (operation is null)
        {
            machine.Emit(new Effect { Kind = EffectKind.Reply, Request = input.Request, Code = code, Service = service, Operation = service.CurrentOperation });
        }
        else if (input.Wait && !operation.IsFinal)
        {
            (operation.Waiters ??= []).Add(input.Request);
        }
        else
        {
            _unwaited.Add((input.Request, operation));
        }
    }

    /// <summary>A request from inside; a refusal needs no answer.</summary>
    public Operation? Submit(Service service, OperationType type, OperationSource source, Cause cause)
    {
        (Operation? operation, ReplyCode code) = Submit(service, type, source, cause, null);
        if (code == ReplyCode.QueueFull)
        {
            machine.Log(LogLevel.Error, LogMessage.QueueFull, service, null, (int)type);
        }

        return operation;
    }

    /// <summary>Cancels what waits and aborts what starts, restarts or reloads: a shutdown or the end of the definition (PEINIT-361).</summary>
    public void CancelAll(Service service)
    {
        while (service.PendingOperations.Count > 0)
        {
            End(service.PendingOperations[^1], OperationState.Cancelled, null);
        }

        if (service.RunningOperation is { Type: not OperationType.Stop } running)
        {
            End(running, OperationState.Aborted, null);
        }
    }

    /// <summary>Works off the notes of a service.</summary>
    public void DoWork(Service service, Work work)
    {
        if ((work & Work.BoundStop) != 0 && service.State is ServiceState.Starting or ServiceState.Active or ServiceState.Reloading)
        {
            Submit(service, OperationType.Stop, OperationSource.DependencyPropagation, Cause.BindsToPropagation);
        }

        if ((work & Work.BoundRecovery) != 0 && service is { State: ServiceState.Failed, Cause: Cause.BindsToPropagation })
        {
            Submit(service, OperationType.Start, OperationSource.BindsToRecovery, Cause.BindsToRecovery);
        }

        if ((work & Work.FailureStart) != 0)
        {
            Submit(service, OperationType.Start, OperationSource.OnFailure, Cause.ExplicitStart);
        }

        machine.Prerequisites.Continue(service);
        Advance(service);
    }

    /// <summary>The operation of a start attempt begins to execute.</summary>
    public void Run(Operation operation)
    {
        Service service = operation.Service;
        service.PendingOperations.Remove(operation);
        service.RunningOperation = operation;
        operation.State = OperationState.Running;
        operation.StartedAt = machine.Now;
        if (operation.Source != OperationSource.Admin)
        {
            machine.Deadlines.Arm(operation.Lifetime, Duration.After(machine.Now.Monotonic, OperationLifetime.Of(service, operation.Type)));
        }

        machine.Emit(new Effect { Kind = EffectKind.OperationStarted, Operation = operation, Service = service });
    }

    /// <summary>Ends an operation, answers who waits, and lets the next one have the service.</summary>
    public void End(Operation operation, OperationState state, string? result, int errno = 0)
    {
        if (operation.IsFinal)
        {
            return;
        }

        Service service = operation.Service;
        operation.State = state;
        operation.Result = result;
        operation.Errno = errno;
        operation.CompletedAt = machine.Now;
        machine.Deadlines.Disarm(operation.Lifetime);
        if (service.RunningOperation == operation)
        {
            service.RunningOperation = null;
        }
        else
        {
            int place = service.PendingOperations.IndexOf(operation);
            if (place >= 0)
            {
                service.PendingOperations.RemoveAt(place);
            }

            if (place == 0)
            {
                machine.Activation.Dropped(service);
            }
        }

        Index.Ended(operation);
        machine.Emit(new Effect { Kind = EffectKind.OperationEnded, Operation = operation, Service = service });
        if (operation.Waiters is { } waiters)
        {
            operation.Waiters = null;
            foreach (long request in waiters)
            {
                Reply(request, operation);
            }
        }

        machine.Note(service, Work.Advance);
        machine.Prerequisites.WakeAround(service);
    }

    /// <summary>A lifetime is over (PEINIT-310, PEINIT-312): the operation ends, its service is left alone.</summary>
    public void Expire(Operation operation) => End(operation, OperationState.Failed, Timeout);

    /// <summary>Looks whether the Running operation has reached or missed its goal (PEINIT-305).</summary>
    public void AfterTransition(Service service)
    {
        if (service.RunningOperation is not { } operation)
        {
            return;
        }

        switch (service.State)
        {
            case ServiceState.Active when operation.Type is OperationType.Start or OperationType.Restart:
            case ServiceState.Completed when operation.Type is OperationType.Start or OperationType.Restart && service.Activation!.RemainAfterExit:
            case ServiceState.Skipped:
            case ServiceState.Inactive:
            case ServiceState.Failed when operation.Type == OperationType.Stop:
                End(operation, OperationState.Completed, null);
                break;
            case ServiceState.Failed:
            case ServiceState.Abandoned:
                End(operation, OperationState.Failed, Names.Of(service.Cause), service.LastErrno);
                break;
        }
    }

    /// <summary>Answers commands that do not wait, and forgets operations that ended long ago.</summary>
    public void AfterStep()
    {
        foreach ((long request, Operation operation) in _unwaited)
        {
            Reply(request, operation);
        }

        _unwaited.Clear();
        Index.Purge(machine.Now.Monotonic);
    }

    private (Operation? Operation, ReplyCode Code) Submit(Service service, OperationType type, OperationSource source, Cause cause, string? caller)
    {
        if (machine.IsShuttingDown && source != OperationSource.Shutdown)
        {
            return (null, ReplyCode.ShuttingDown);
        }

        Operation? newest = service.PendingOperations.Count > 0 ? service.PendingOperations[^1] : service.RunningOperation;
        OperationRules.Verdict verdict = newest is null
            ? OperationRules.ByState(service.State, type)
            : OperationRules.BesideOperation(newest, type);
        if (source == OperationSource.RestartPolicy && verdict == OperationRules.Verdict.Already)
        {
            // The service is Starting because of this very restart, and waits out its delay (PEINIT-309).
            verdict = OperationRules.Verdict.Queue;
        }

        if (type == OperationType.Reload && verdict == OperationRules.Verdict.Execute && !Reloading.IsPossible(service))
        {
            verdict = OperationRules.Verdict.Reject;
        }

        if (verdict is OperationRules.Verdict.Reject or OperationRules.Verdict.Busy)
        {
            return (null, verdict == OperationRules.Verdict.Busy ? ReplyCode.OperationInProgress : ReplyCode.InvalidState);
        }

        if (verdict == OperationRules.Verdict.Queue && service.PendingOperations.Count >= MaxPending)
        {
            return (null, ReplyCode.QueueFull);
        }

        Operation operation = new(machine.NewGuid(), type, service, source, cause) { CreatedAt = machine.Now, Caller = caller };
        Index.Add(operation);
        machine.Emit(new Effect { Kind = EffectKind.OperationRequested, Operation = operation, Service = service });
        return (Place(operation, verdict, newest), ReplyCode.Ok);
    }

    private Operation Place(Operation operation, OperationRules.Verdict verdict, Operation? newest)
    {
        Service service = operation.Service;
        switch (verdict)
        {
            case OperationRules.Verdict.Already:
                Stopping.KeepDown(service, operation.Type);
                End(operation, OperationState.Completed, "already");
                return operation;
            case OperationRules.Verdict.Merge:
                return Merge(operation, newest!);
            case OperationRules.Verdict.CancelQueue:
                End(newest!, OperationState.Cancelled, null);
                goto case OperationRules.Verdict.Queue;
            case OperationRules.Verdict.Queue:
                service.PendingOperations.Add(operation);
                OperationLifetime.ArmForCaller(machine, operation);
                machine.Note(service, Work.Advance);
                return operation;
            case OperationRules.Verdict.Replace:
                return Replace(operation);
            default:
                OperationLifetime.ArmForCaller(machine, operation);
                Execute(operation);
                return operation;
        }
    }

    private Operation Merge(Operation operation, Operation older)
    {
        operation.MergedInto = older.Id;
        End(operation, OperationState.Merged, null);
        return older;
    }

    /// <summary>A stop in the way of starts, or a stop or restart in the way of a reload.</summary>
    private Operation Replace(Operation operation)
    {
        Service service = operation.Service;
        while (service.PendingOperations.Count > 0)
        {
            End(service.PendingOperations[^1], OperationState.Cancelled, null);
        }

        if (service.RunningOperation is { Type: OperationType.Stop } stop && operation.Type == OperationType.Stop)
        {
            return Merge(operation, stop);
        }

        if (service.RunningOperation is { } running)
        {
            End(running, OperationState.Aborted, null);
        }

        OperationLifetime.ArmForCaller(machine, operation);
        if (OperationRules.ByState(service.State, operation.Type) == OperationRules.Verdict.Execute)
        {
            Execute(operation);
        }
        else if (service.State == ServiceState.Stopping)
        {
            // It takes over the stop that is under way: no second SIGTERM, same deadline (PEINIT-321).
            Stopping.KeepDown(service, operation.Type);
            Run(operation);
        }
        else
        {
            End(operation, OperationState.Completed, "already");
        }

        return operation;
    }

    private void Execute(Operation operation)
    {
        Run(operation);
        switch (operation.Type)
        {
            case OperationType.Stop:
                machine.Stopping.Execute(operation);
                break;
            case OperationType.Restart:
                machine.Stopping.Begin(operation.Service, StopReason.Restart, Trigger.RestartExecutes, Cause.ExplicitStop);
                break;
            case OperationType.Reload:
                machine.Reloading.Begin(operation.Service);
                break;
            default:
                machine.Stopping.Reset(operation);
                break;
        }
    }

    /// <summary>Gives a service without Running operation to the oldest Pending one, if its state allows.</summary>
    private void Advance(Service service)
    {
        if (service.RunningOperation is not null || service.PendingOperations.Count == 0)
        {
            return;
        }

        Operation next = service.PendingOperations[0];
        switch (service.State)
        {
            case ServiceState.Stopping:
                break;
            case ServiceState.Starting:
                if (next.Type == OperationType.Start && service.Phase > ActivationPhase.Delay)
                {
                    Run(next);
                }

                break;
            case ServiceState.Active when service.Phase == ActivationPhase.Drain:
            case ServiceState.Reloading when service.Phase == ActivationPhase.Drain:
                break;
            case ServiceState.Active or ServiceState.Reloading when next.Type == OperationType.Start:
                Run(next);
                End(next, OperationState.Completed, "already");
                break;
            case ServiceState.Active or ServiceState.Reloading:
                Execute(next);
                break;
            case ServiceState.Abandoned:
                End(next, OperationState.Failed, Names.Of(Cause.ProcessUnkillable));
                break;
            default:
                if (service.Phase == ActivationPhase.None)
                {
                    machine.Activation.Begin(service, next);
                }

                break;
        }
    }

    private void Reply(long request, Operation operation)
    {
        Service service = operation.Service;
        ReplyCode code = operation.State switch
        {
            OperationState.Failed when operation.Result == Timeout => ReplyCode.Timeout,
            OperationState.Failed when operation.Result == Names.Of(Cause.ValidationError) => ReplyCode.ValidationFailed,
            OperationState.Failed => ReplyCode.OperationFailed,
            OperationState.Cancelled or OperationState.Aborted => ReplyCode.OperationCancelled,
            _ => ReplyCode.Ok,
        };
        machine.Emit(new Effect
        {
            Kind = EffectKind.Reply, Request = request, Code = code, Operation = operation, Service = service, Number = operation.Errno,
            Lines = code == ReplyCode.ValidationFailed ? service.Model?.Errors : null,
        });
    }
}
