// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// What must be true of others before a service may start (PEINIT-259 to 266, 275 to 279): dependencies satisfied,
/// conflicting services gone, a start slot free. An attempt waits here in phase Dependencies or Slot, in an idle state or,
/// when it is started again, in Starting.
/// </summary>
internal sealed class Prerequisites(Machine machine)
{
    private readonly List<Service> _ready = [];

    private readonly List<Dependency> _demands = [];

    private int _slotsUsed;

    /// <summary>Services that count against MaxParallelStarts.</summary>
    public int SlotsUsed => _slotsUsed;

    /// <summary>Looks again at an attempt that waits for others.</summary>
    public void Continue(Service service)
    {
        if (service.Phase == ActivationPhase.Dependencies && machine.Activation.MayStart(service) && Resolve(service))
        {
            service.Phase = ActivationPhase.Slot;
            _ready.Add(service);
        }
    }

    /// <summary>Goes to wait for dependencies; the answer comes before the step ends.</summary>
    public void Await(Service service)
    {
        service.Phase = ActivationPhase.Dependencies;
        service.Demanded = false;
        foreach (Dependency dependency in service.Dependencies)
        {
            dependency.Satisfied = false;
        }

        machine.Note(service, Work.Advance);
    }

    /// <summary>Takes a service out of whatever its attempt waits for.</summary>
    public void Forget(Service service)
    {
        if (service.Phase == ActivationPhase.Slot)
        {
            _ready.Remove(service);
        }

        service.Phase = ActivationPhase.None;
    }

    /// <summary>Puts a restored service back in line for a slot, or counts the slot it holds.</summary>
    public void Restore(Service service)
    {
        _slotsUsed += service.HoldsSlot ? 1 : 0;
        if (service.Phase == ActivationPhase.Slot)
        {
            _ready.Add(service);
        }
    }

    /// <summary>Everybody whose attempt may depend on this service looks again.</summary>
    public void WakeAround(Service service)
    {
        foreach (Service dependent in service.Dependents)
        {
            if (dependent.Phase == ActivationPhase.Dependencies)
            {
                machine.Note(dependent, Work.Advance);
            }
        }

        foreach (Service conflicting in service.Conflicting)
        {
            if (conflicting.Phase == ActivationPhase.Dependencies)
            {
                machine.Note(conflicting, Work.Advance);
            }
        }
    }

    /// <summary>Hands out one free slot, by ordinal name order among the ready (PEINIT-056). False when nothing could be done.</summary>
    public bool GrantSlots()
    {
        if (_ready.Count == 0 || _slotsUsed >= machine.Model.MaxParallelStarts)
        {
            return false;
        }

        Service first = _ready[0];
        foreach (Service service in _ready)
        {
            first = service.Ordinal < first.Ordinal ? service : first;
        }

        // While it waited for a slot a dependency may have gone or a conflicting service come.
        _ready.Remove(first);
        first.Phase = ActivationPhase.Dependencies;
        if (machine.Activation.MayStart(first) && Resolve(first))
        {
            machine.Activation.Launch(first);
        }

        return true;
    }

    /// <summary>A service whose start begins counts against MaxParallelStarts.</summary>
    public void TakeSlot(Service service)
    {
        service.HoldsSlot = true;
        _slotsUsed++;
    }

    /// <summary>The model changed: attempts that wait look at the new one.</summary>
    public void ModelChanged(Service service)
    {
        if (service.Phase == ActivationPhase.Slot)
        {
            _ready.Remove(service);
            service.Phase = ActivationPhase.Dependencies;
        }

        if (service.Phase == ActivationPhase.Dependencies)
        {
            service.Demanded = false;
            machine.Note(service, Work.Advance);
        }
    }

    /// <summary>A settled start, or one that waits out its delay, frees its slot.</summary>
    public void ReleaseSlot(Service service)
    {
        if (service.HoldsSlot)
        {
            service.HoldsSlot = false;
            _slotsUsed--;
        }
    }

    private static bool IsSatisfied(Service target) =>
        target.State == ServiceState.Skipped || (target.IsSatisfying && target.IsReleased);

    private static bool IsBusy(Service target) =>
        target.RunningOperation is not null || target.PendingOperations.Count > 0 || target.Phase != ActivationPhase.None
        || target.State is ServiceState.Starting or ServiceState.Stopping;

    /// <summary>Waiting dependents have seen this Oneshot succeed, although it will not stay Completed.</summary>
    public static void LatchDependents(Service service)
    {
        foreach (Service dependent in service.Dependents)
        {
            if (dependent.Phase != ActivationPhase.Dependencies)
            {
                continue;
            }

            dependent.Saved.Drop();
            foreach (Dependency dependency in dependent.Dependencies)
            {
                dependency.Satisfied |= dependency.Target == service;
            }
        }
    }

    /// <summary>Whether nothing stands in the way of the start; asks for what is missing, and refuses the start if it cannot be had.</summary>
    private bool Resolve(Service service)
    {
        bool waiting = false;
        bool demanded = service.Demanded;
        service.Demanded = true;
        _demands.Clear();
        foreach (Dependency dependency in service.Dependencies)
        {
            Service? target = dependency.Target;
            bool wanted = dependency.Kind == DependencyKind.Wants;
            if (dependency.Satisfied || (target is not null && IsSatisfied(target)) || (wanted && (target is null || target.Model is { Disabled: true })))
            {
                continue;
            }

            if (target is not null && !demanded && !(target.IsSatisfying || target.State == ServiceState.Starting))
            {
                _demands.Add(dependency);
                waiting = true;
            }
            else if (target is not null && IsBusy(target))
            {
                waiting = true;
            }
            else if (!wanted)
            {
                MissingDependency(service, dependency);
                return false;
            }
        }

        foreach (Dependency dependency in _demands)
        {
            machine.Operations.Submit(dependency.Target!, OperationType.Start, OperationSource.DependencyPropagation, Cause.DependencyStart);
        }

        if (_demands.Count > 0)
        {
            // A target that refused at once settles nothing by itself; look again when its turn has come.
            machine.Note(service, Work.Advance);
        }

        return !waiting && ConflictsAreGone(service);
    }

    private void MissingDependency(Service service, Dependency dependency)
    {
        if (dependency.Target is null)
        {
            machine.Emit(new Effect
            {
                Kind = EffectKind.Log, Level = LogLevel.Error, Message = LogMessage.TargetMissing, Service = service, Text = dependency.Name,
                Key = dependency.Kind.ToString(),
            });
        }
        else
        {
            machine.Log(LogLevel.Error, LogMessage.DependencyFailed, service, dependency.Name);
        }

        machine.Activation.Refuse(service, Trigger.CannotStart, Cause.DependencyFailure);
    }

    private bool ConflictsAreGone(Service service)
    {
        bool gone = true;
        foreach (Service other in service.Conflicting)
        {
            switch (other.State)
            {
                case ServiceState.Starting or ServiceState.Active or ServiceState.Reloading:
                    machine.Operations.Submit(other, OperationType.Stop, OperationSource.ConflictResolution, Cause.ConflictEviction);
                    gone &= !other.MayHaveProcesses;
                    break;
                case ServiceState.Stopping:
                    gone = false;
                    break;
                case ServiceState.Abandoned:
                    machine.Log(LogLevel.Error, LogMessage.DependencyFailed, service, other.Name);
                    machine.Activation.Refuse(service, Trigger.CannotStart, Cause.DependencyFailure);
                    return false;
            }
        }

        return gone;
    }
}
