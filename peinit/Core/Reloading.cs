// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>
/// Reload (PEINIT-240 to 244): the service is told, then has two seconds to say RELOADING=1; if it does, READY=1 within
/// StartTimeout confirms. A service that says nothing counts as reloaded when the window ends.
/// </summary>
internal sealed class Reloading(Machine machine)
{
    private const long Window = 2 * Duration.Second;

    /// <summary>Whether a reload can run now; it never waits (PEINIT-322).</summary>
    public static bool IsPossible(Service service) => service is { State: ServiceState.Active, Phase: ActivationPhase.None, MainJob: not null };

    /// <summary>A reload operation executes.</summary>
    public void Begin(Service service)
    {
        ServiceDefinition current = Machine.Current(service);
        machine.Transition(service, Trigger.ReloadExecutes, ServiceState.Reloading);
        service.AnnouncedReloading = false;
        service.PhaseStart = machine.Now.Monotonic;
        machine.Deadlines.Arm(service.PhaseDeadline, Duration.After(machine.Now.Monotonic, Window));
        if (current.ReloadCommand is not { } command)
        {
            machine.Emit(new Effect { Kind = EffectKind.SendSignal, Service = service, Job = service.MainJob, Number = current.ReloadSignal });
        }
        else if (service.ReloadJob is null)
        {
            service.ReloadJob = machine.JobTable.Create(service, JobType.ReloadCommand, current, command, 0);
        }
    }

    /// <summary>RELOADING=1.</summary>
    public void Announced(Service service)
    {
        if (!service.AnnouncedReloading)
        {
            service.AnnouncedReloading = true;
            long limit = Duration.Seconds(Machine.Current(service).StartTimeout);
            machine.Deadlines.Arm(service.PhaseDeadline, Duration.After(machine.Now.Monotonic, limit));
        }
    }

    /// <summary>READY=1.</summary>
    public void Confirmed(Service service) => Resolve(service, Trigger.Ready, "confirmed");

    /// <summary>The window, or the wait after an announcement, is over.</summary>
    public void TimeOver(Service service)
    {
        if (service.AnnouncedReloading)
        {
            machine.Log(LogLevel.Warning, LogMessage.ReloadUnconfirmed, service);
        }

        Resolve(service, Trigger.ReloadTimesOut, "advisory");
    }

    /// <summary>The service fails while it reloads: the operation has missed its goal.</summary>
    public void Lost(Service service)
    {
        if (service.RunningOperation is { Type: OperationType.Reload } operation)
        {
            machine.Operations.End(operation, OperationState.Failed, Names.Of(Cause.ProcessCrash));
        }
    }

    private void Resolve(Service service, Trigger trigger, string mode)
    {
        machine.Deadlines.Disarm(service.PhaseDeadline);
        machine.JobTable.EndUnborn(service.ReloadJob);
        if (service.ReloadJob is not null)
        {
            machine.Stopping.Kill(service, CgroupPart.Hooks);
        }

        if (service.RunningOperation is { Type: OperationType.Reload } operation)
        {
            machine.Operations.End(operation, OperationState.Completed, mode);
        }

        machine.Transition(service, trigger, ServiceState.Active);
    }
}
