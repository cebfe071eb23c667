// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Peinit.Core;

/// <summary>Notify messages (PEINIT-429 to 436), the watchdog (PEINIT-245 to 248) and timeout extension (PEINIT-249 to 254).</summary>
internal sealed class Messages(Machine machine)
{
    private long _lastRejection = long.MinValue;
    private int _rejections;

    /// <summary>A datagram, with the pid that the kernel vouches for.</summary>
    public void Received(int pid, in NotifyFields fields)
    {
        // The pid of a job cannot be reused before we reaped it, so a match is the incarnation itself.
        Job? job = machine.JobTable.ByPid(pid);
        if (job is null || job.Service.MainJob != job)
        {
            Reject(pid);
            return;
        }

        Service service = job.Service;
        Forward(service, job, "STATUS", fields.Status);
        Forward(service, job, "ERRNO", fields.Errno);
        Forward(service, job, "EXIT_STATUS", fields.ExitStatus);
        service.StatusText = fields.Status ?? service.StatusText;
        if (fields.Stopping && !service.AnnouncedStopping)
        {
            service.AnnouncedStopping = true;
            machine.Log(LogLevel.Info, LogMessage.AnnouncedStopping, service);
        }

        if (fields.WatchdogMicroseconds is { } interval)
        {
            service.WatchdogOverridden = true;
            service.WatchdogMicroseconds = interval;
            ArmWatchdog(service);
        }

        if (fields.Reloading && service.State == ServiceState.Reloading && !machine.Stopping.IsDraining(service))
        {
            machine.Reloading.Announced(service);
        }

        if (fields.ExtendMicroseconds is { } extension and > 0)
        {
            Extend(service, extension);
        }

        if (fields.Ready)
        {
            Ready(service, job);
        }

        if (fields.Watchdog)
        {
            if (!service.WatchdogOverridden)
            {
                service.WatchdogMicroseconds = IntervalOf(Machine.Current(service));
            }

            ArmWatchdog(service);
        }
    }

    /// <summary>Watchdog interval of a definition in microseconds.</summary>
    public static ulong IntervalOf(ServiceDefinition definition) => definition.WatchdogTimeout * 1_000_000UL;

    /// <summary>Starts the watchdog anew, or switches it off, for a service that is past its step 10.</summary>
    public void ArmWatchdog(Service service)
    {
        bool runs = service is { State: ServiceState.Active or ServiceState.Reloading, IsReleased: true, Activation.Type: ServiceType.Simple }
            && !machine.Stopping.IsDraining(service);
        if (runs && service.WatchdogMicroseconds > 0)
        {
            machine.Deadlines.Arm(service.WatchdogDeadline, Duration.After(machine.Now.Monotonic, Duration.Microseconds(service.WatchdogMicroseconds)));
        }
        else
        {
            machine.Deadlines.Disarm(service.WatchdogDeadline);
        }
    }

    private void Ready(Service service, Job job)
    {
        if (machine.Stopping.IsDraining(service))
        {
            return;
        }

        if (service.State == ServiceState.Reloading)
        {
            machine.Reloading.Confirmed(service);
        }
        else if (service is { State: ServiceState.Starting, Activation: { Type: ServiceType.Simple, Readiness: Readiness.Notify } }
            && service.Phase is ActivationPhase.Main or ActivationPhase.Readiness)
        {
            // It speaks, so it was executed, even if the error pipe has not been looked at yet.
            job.Step = JobStep.Run;
            machine.Activation.Ready(service);
        }
    }

    private void Extend(Service service, ulong microseconds)
    {
        ServiceDefinition? definition = service.State switch
        {
            ServiceState.Starting when service.Phase is ActivationPhase.Main or ActivationPhase.Readiness => service.Activation,
            ServiceState.Reloading or ServiceState.Stopping when service.Phase is ActivationPhase.None or ActivationPhase.Term => Machine.Current(service),
            _ => null,
        };
        if (definition is null || !service.PhaseDeadline.IsArmed)
        {
            return;
        }

        service.AnnouncedReloading |= service.State == ServiceState.Reloading;
        ulong unit = service.State == ServiceState.Stopping ? definition.StopTimeout : definition.StartTimeout;
        long cap = Duration.After(service.PhaseStart, Duration.Seconds(4 * unit));
        long until = Math.Min(cap, Duration.After(machine.Now.Monotonic, Duration.Microseconds(microseconds)));
        until = Math.Min(until, machine.Shutdown.Limit);
        machine.Deadlines.Arm(service.PhaseDeadline, until);
        OperationLifetime.Extend(machine, service, until);
    }

    private void Forward(Service service, Job job, string key, string? value)
    {
        if (value is not null && service.Notifications.Take(machine.Now.Monotonic, out int omitted))
        {
            machine.Emit(new Effect { Kind = EffectKind.ServiceNotify, Service = service, Job = job, Key = key, Text = value, Number = omitted });
        }
    }

    /// <summary>Whoever floods the socket gets one line a second, not one a message.</summary>
    private void Reject(int pid)
    {
        _rejections++;
        long now = machine.Now.Monotonic;
        if (_lastRejection != long.MinValue && now - _lastRejection < Duration.Second)
        {
            return;
        }

        string? count = _rejections > 1 ? " (" + _rejections.ToString(CultureInfo.InvariantCulture) + " since the last such line)" : null;
        machine.Log(LogLevel.Warning, LogMessage.NotifyRejected, null, count, pid);
        _rejections = 0;
        _lastRejection = now;
    }
}
