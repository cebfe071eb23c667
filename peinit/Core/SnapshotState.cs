// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>The state part of a snapshot: boot, shutdown, services in the order of the model part, unfinished operations, jobs.</summary>
internal static class SnapshotState
{
    /// <summary>Writes it.</summary>
    public static void Write(Machine machine, ref ByteWriter writer)
    {
        machine.WriteTo(ref writer);
        machine.Boot.WriteTo(ref writer);
        machine.Shutdown.WriteTo(ref writer);
        machine.Stopping.WriteTo(ref writer);
        writer.I32(machine.Services.Count);
        for (int i = 0; i < machine.Services.Count; i++)
        {
            WriteService(machine, machine.Services[i], ref writer);
        }

        WriteOperations(machine, ref writer);
        writer.I32(machine.Jobs.Count);
        for (int i = 0; i < machine.Jobs.Count; i++)
        {
            WriteJob(machine, machine.Jobs[i], ref writer);
        }
    }

    /// <summary>Reads it into a machine that has its model.</summary>
    public static void Read(Machine machine, ref ByteReader reader)
    {
        machine.ReadFrom(ref reader);
        machine.Boot.ReadFrom(ref reader);
        machine.Shutdown.ReadFrom(ref reader);
        machine.Stopping.ReadFrom(ref reader);
        if (reader.I32() != machine.Services.Count)
        {
            reader.Fail();
            return;
        }

        for (int i = 0; i < machine.Services.Count && !reader.Failed; i++)
        {
            ReadService(machine, machine.Services[i], ref reader);
        }

        ReadOperations(machine, ref reader);
        int jobs = reader.Count(32);
        for (int i = 0; i < jobs && !reader.Failed; i++)
        {
            ReadJob(machine, ref reader);
        }

        if (!reader.Failed)
        {
            machine.Shutdown.Restore();
        }
    }

    private static bool IsUntouched(Service service) =>
        service is { State: ServiceState.Inactive, Cause: Cause.None, Phase: ActivationPhase.None, Activation: null, CheckSerial: 0, InBoot: false };

    private static void WriteService(Machine machine, Service service, ref ByteWriter writer)
    {
        bool untouched = IsUntouched(service);
        writer.Flag(untouched);
        if (untouched)
        {
            return;
        }

        writer.U8((byte)service.State);
        writer.U8((byte)service.Cause);
        writer.U8((byte)service.Phase);
        writer.U8((byte)service.StopReason);
        writer.U8((byte)service.DrainCause);
        writer.I32(Flags(service));
        writer.I32(machine.Model.Definitions.IndexOf(service.Activation));
        writer.I32(service.Generation);
        writer.I64(service.ActiveSince);
        writer.I64(service.PhaseStart);
        writer.I64((long)service.WatchdogMicroseconds);
        writer.I32(service.CheckSerial);
        writer.I32(service.MainKill);
        writer.I32(service.HooksKill);
        writer.I32(service.LastErrno);
        writer.I32(service.Failures);
        writer.I32(service.LostBinding?.Ordinal ?? -1);
        writer.Text(service.StatusText);
        writer.Deadline(service.PhaseDeadline);
        writer.Deadline(service.PostHookDeadline);
        writer.Deadline(service.KillDeadline);
        writer.Deadline(service.DelayDeadline);
        writer.Deadline(service.WatchdogDeadline);
        WriteHistory(service.Restarts, ref writer);
        WriteHistory(service.FailureStarts, ref writer);
        writer.I32(service.Leaks.Count);
        foreach (ServiceWarning leak in service.Leaks)
        {
            writer.Text(leak.Path);
            writer.I64(leak.DetectedAt);
        }

        writer.I32(service.Dependencies.Length);
        foreach (Dependency dependency in service.Dependencies)
        {
            writer.Flag(dependency.Satisfied);
        }
    }

    private static void ReadService(Machine machine, Service service, ref ByteReader reader)
    {
        service.CgroupPath = service.CgroupBase;
        if (reader.Flag())
        {
            return;
        }

        service.State = (ServiceState)reader.Upto((int)ServiceState.Skipped);
        service.Cause = (Cause)reader.Upto((int)Cause.ProcessUnkillable);
        service.Phase = (ActivationPhase)reader.Upto((int)ActivationPhase.Drain);
        service.StopReason = (StopReason)reader.Upto((int)StopReason.Shutdown);
        service.DrainCause = (Cause)reader.Upto((int)Cause.ProcessUnkillable);
        SetFlags(service, reader.I32());
        service.Activation = machine.Model.Definitions.At(reader.Index(machine.Model.Definitions.All.Count));
        service.Generation = reader.I32();
        service.CgroupPath = CgroupNames.PathOf(service);
        service.ActiveSince = reader.I64();
        service.PhaseStart = reader.I64();
        service.WatchdogMicroseconds = (ulong)reader.I64();
        service.CheckSerial = reader.I32();
        service.MainKill = reader.I32();
        service.HooksKill = reader.I32();
        service.LastErrno = reader.I32();
        service.Failures = reader.I32();
        int lost = reader.Index(machine.Services.Count);
        service.LostBinding = lost < 0 ? null : machine.Services[lost];
        service.StatusText = reader.Text();
        reader.Deadline(service.PhaseDeadline, machine.Deadlines);
        reader.Deadline(service.PostHookDeadline, machine.Deadlines);
        reader.Deadline(service.KillDeadline, machine.Deadlines);
        reader.Deadline(service.DelayDeadline, machine.Deadlines);
        reader.Deadline(service.WatchdogDeadline, machine.Deadlines);
        ReadHistory(service.Restarts, ref reader);
        ReadHistory(service.FailureStarts, ref reader);
        int leaks = reader.Count(12);
        for (int i = 0; i < leaks && !reader.Failed; i++)
        {
            service.Leaks.Add(new ServiceWarning(reader.Text() ?? "", CgroupPart.Hooks, reader.I64()));
        }

        if (reader.I32() != service.Dependencies.Length)
        {
            reader.Fail();
            return;
        }

        foreach (Dependency dependency in service.Dependencies)
        {
            dependency.Satisfied = reader.Flag();
        }

        bool runs = service.State is ServiceState.Active or ServiceState.Reloading or ServiceState.Stopping or ServiceState.Completed;
        if (service.Activation is null && (runs || service.Phase > ActivationPhase.Delay))
        {
            reader.Fail();
            return;
        }

        machine.Prerequisites.Restore(service);
        if (!service.MayHaveProcesses)
        {
            machine.Model.AfterDown(service);
        }
    }

    private static int Flags(Service service) =>
        (service.Demanded ? 1 : 0) | (service.HoldsSlot ? 2 : 0) | (service.IsReleased ? 4 : 0) | (service.MainUsed ? 8 : 0)
        | (service.HooksUsed ? 16 : 0) | (service.DrainSuccessExit ? 32 : 0) | (service.TermSent ? 64 : 0)
        | (service.AnnouncedStopping ? 128 : 0) | (service.AnnouncedReloading ? 256 : 0) | (service.WatchdogOverridden ? 512 : 0)
        | (service.InBoot ? 1024 : 0) | (service.BootSettled ? 2048 : 0);

    private static void SetFlags(Service service, int flags)
    {
        service.Demanded = (flags & 1) != 0;
        service.HoldsSlot = (flags & 2) != 0;
        service.IsReleased = (flags & 4) != 0;
        service.MainUsed = (flags & 8) != 0;
        service.HooksUsed = (flags & 16) != 0;
        service.DrainSuccessExit = (flags & 32) != 0;
        service.TermSent = (flags & 64) != 0;
        service.AnnouncedStopping = (flags & 128) != 0;
        service.AnnouncedReloading = (flags & 256) != 0;
        service.WatchdogOverridden = (flags & 512) != 0;
        service.InBoot = (flags & 1024) != 0;
        service.BootSettled = (flags & 2048) != 0;
    }

    private static void WriteHistory(RestartHistory history, ref ByteWriter writer)
    {
        writer.I32(history.Count);
        for (int i = 0; i < history.Count; i++)
        {
            writer.I64(history[i]);
        }
    }

    private static void ReadHistory(RestartHistory history, ref ByteReader reader)
    {
        int count = reader.Count(8);
        for (int i = 0; i < count; i++)
        {
            history.Add(reader.I64());
        }
    }

    private static void WriteOperations(Machine machine, ref ByteWriter writer)
    {
        int count = 0;
        for (int i = 0; i < machine.Services.Count; i++)
        {
            count += machine.Services[i].PendingOperations.Count + (machine.Services[i].RunningOperation is null ? 0 : 1);
        }

        writer.I32(count);
        for (int i = 0; i < machine.Services.Count; i++)
        {
            Service service = machine.Services[i];
            if (service.RunningOperation is { } running)
            {
                WriteOperation(running, i, ref writer);
            }

            foreach (Operation pending in service.PendingOperations)
            {
                WriteOperation(pending, i, ref writer);
            }
        }
    }

    private static void WriteOperation(Operation operation, int service, ref ByteWriter writer)
    {
        writer.Id(operation.Id);
        writer.I32(service);
        writer.U8((byte)operation.Type);
        writer.U8((byte)operation.Source);
        writer.U8((byte)operation.Cause);
        writer.Flag(operation.State == OperationState.Running);
        writer.Text(operation.Caller);
        writer.Time(operation.CreatedAt);
        writer.Time(operation.StartedAt);
        writer.Deadline(operation.Lifetime);
    }

    private static void ReadOperations(Machine machine, ref ByteReader reader)
    {
        int count = reader.Count(68);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            Guid id = reader.Id();
            int index = reader.Index(machine.Services.Count);
            OperationType type = (OperationType)reader.Upto((int)OperationType.Reset);
            OperationSource source = (OperationSource)reader.Upto((int)OperationSource.Shutdown);
            Cause cause = (Cause)reader.Upto((int)Cause.ProcessUnkillable);
            if (index < 0 || reader.Failed)
            {
                reader.Fail();
                return;
            }

            Service service = machine.Services[index];
            Operation operation = new(id, type, service, source, cause)
            {
                State = reader.Flag() ? OperationState.Running : OperationState.Pending,
                Caller = reader.Text(),
                CreatedAt = reader.Time(),
                StartedAt = reader.Time(),
            };
            reader.Deadline(operation.Lifetime, machine.Deadlines);
            machine.Operations.Index.Add(operation);
            if (operation.State == OperationState.Pending)
            {
                service.PendingOperations.Add(operation);
            }
            else
            {
                service.RunningOperation = operation;
            }
        }
    }

    private static void WriteJob(Machine machine, Job job, ref ByteWriter writer)
    {
        writer.Id(job.Id);
        writer.I32(job.Service.Ordinal);
        writer.U8((byte)job.Type);
        writer.I32(machine.Model.Definitions.IndexOf(job.Definition));
        writer.I32(job.HookIndex);
        writer.U8((byte)job.State);
        writer.U8((byte)job.Step);
        writer.I32(job.Pid);
        writer.I32(job.FailedStep);
        writer.I32(job.Errno);
        writer.U8((byte)job.FailureCause);
        writer.Id(job.OperationId);
        writer.Time(job.CreatedAt);
        writer.Time(job.StartedAt);
    }

    private static void ReadJob(Machine machine, ref ByteReader reader)
    {
        Guid id = reader.Id();
        int index = reader.Index(machine.Services.Count);
        JobType type = (JobType)reader.Upto((int)JobType.ReloadCommand);
        ServiceDefinition? definition = machine.Model.Definitions.At(reader.Index(machine.Model.Definitions.All.Count));
        int hook = reader.I32();
        if (index < 0 || definition is null || !TryCommand(definition, type, hook, out CommandLine? command))
        {
            reader.Fail();
            return;
        }

        Service service = machine.Services[index];
        Job job = new(id, service, type, definition, command, hook)
        {
            State = (JobState)reader.Upto((int)JobState.Running),
            Step = (JobStep)reader.Upto((int)JobStep.Run),
            Pid = reader.I32(),
            FailedStep = reader.I32(),
            Errno = reader.I32(),
            FailureCause = (Cause)reader.Upto((int)Cause.ProcessUnkillable),
            OperationId = reader.Id(),
            CreatedAt = reader.Time(),
            StartedAt = reader.Time(),
        };
        machine.JobTable.Add(job);
        switch (type)
        {
            case JobType.ServiceMain:
                service.MainJob = job;
                break;
            case JobType.ReloadCommand:
                service.ReloadJob = job;
                break;
            default:
                service.HookJob = job;
                break;
        }
    }

    private static bool TryCommand(ServiceDefinition definition, JobType type, int hook, out CommandLine? command)
    {
        CommandLine[] hooks = type == JobType.PreExecHook ? definition.ExecStartPre : definition.ExecStartPost;
        command = type switch
        {
            JobType.ServiceMain => null,
            JobType.ReloadCommand => definition.ReloadCommand,
            _ => hook >= 0 && hook < hooks.Length ? hooks[hook] : null,
        };
        return command is not null || type == JobType.ServiceMain;
    }
}
