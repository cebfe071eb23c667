// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>How long an operation may take (PEINIT-310, PEINIT-311).</summary>
internal static class OperationLifetime
{
    /// <summary>Pushes the end of a lifetime out, when the service was granted more time (PEINIT-310).</summary>
    public static void Extend(Machine machine, Service service, long until)
    {
        if (service.RunningOperation is not { Lifetime.IsArmed: true } operation)
        {
            return;
        }

        ServiceDefinition current = Machine.Current(service);
        ulong tail = service.State == ServiceState.Stopping ? 5u : 0u;
        tail += operation.Type == OperationType.Restart && tail > 0 ? current.StartTimeout : 0u;
        long end = Duration.After(until, Duration.Seconds(tail));
        if (end > operation.Lifetime.At)
        {
            machine.Deadlines.Arm(operation.Lifetime, end);
        }
    }

    /// <summary>Length of a lifetime in nanoseconds (PEINIT-310).</summary>
    public static long Of(Service service, OperationType type)
    {
        ServiceDefinition current = Machine.Current(service);
        return type switch
        {
            OperationType.Start => Duration.Seconds(current.StartTimeout),
            OperationType.Reload => Duration.Seconds((ulong)current.StartTimeout + 2),
            OperationType.Stop => Duration.Seconds((ulong)current.StopTimeout + 5),
            _ => Duration.Seconds((ulong)current.StopTimeout + 5 + current.StartTimeout),
        };
    }

    /// <summary>Only an admin waits from creation on; for all others the clock starts at Running (PEINIT-311).</summary>
    public static void ArmForCaller(Machine machine, Operation operation)
    {
        if (operation.Source == OperationSource.Admin)
        {
            machine.Deadlines.Arm(operation.Lifetime, Duration.After(machine.Now.Monotonic, Of(operation.Service, operation.Type)));
        }
    }
}
