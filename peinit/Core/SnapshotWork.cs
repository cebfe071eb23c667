// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>The unfinished operations and the live jobs of a snapshot's state part.</summary>
internal static class SnapshotWork
{
    /// <summary>Writes the operations of a service that have not ended.</summary>
    public static void WriteOperations(Service service, ref ByteWriter writer)
    {
        writer.I32(service.PendingOperations.Count + (service.RunningOperation is null ? 0 : 1));
        if (service.RunningOperation is { } running)
        {
            WriteOperation(running, ref writer);
        }

        foreach (Operation pending in service.PendingOperations)
        {
            WriteOperation(pending, ref writer);
        }
    }

    /// <summary>Reads them into their service.</summary>
    public static void ReadOperations(Machine machine, Service service, ref ByteReader reader)
    {
        int count = reader.Count(48);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            ReadOperation(machine, service, ref reader);
        }
    }

    /// <summary>Writes the live jobs.</summary>
    public static void WriteJobs(Machine machine, bool renumbered, ref ByteWriter writer)
    {
        writer.I32(machine.Jobs.Count);
        for (int i = 0; i < machine.Jobs.Count; i++)
        {
            Job job = machine.Jobs[i];
            if (job.Saved.IsCurrent && !renumbered)
            {
                writer.Raw(job.Saved.Bytes);
                continue;
            }

            int start = writer.Length;
            WriteJob(machine, job, ref writer);
            if (!writer.Overflowed)
            {
                job.Saved.Keep(writer.Written[start..]);
            }
        }
    }

    /// <summary>Reads them into a machine that has its services.</summary>
    public static void ReadJobs(Machine machine, ref ByteReader reader)
    {
        int jobs = reader.Count(32);
        for (int i = 0; i < jobs && !reader.Failed; i++)
        {
            ReadJob(machine, ref reader);
        }
    }

    private static void WriteOperation(Operation operation, ref ByteWriter writer)
    {
        writer.Id(operation.Id);
        writer.U8((byte)operation.Type);
        writer.U8((byte)operation.Source);
        writer.U8((byte)operation.Cause);
        writer.Flag(operation.State == OperationState.Running);
        writer.Text(operation.Caller);
        writer.Time(operation.CreatedAt);
        if (operation.State == OperationState.Running)
        {
            writer.Time(operation.StartedAt);
        }

        writer.Deadline(operation.Lifetime);
    }

    private static void ReadOperation(Machine machine, Service service, ref ByteReader reader)
    {
        Guid id = reader.Id();
        OperationType type = (OperationType)reader.Upto((int)OperationType.Reset);
        OperationSource source = (OperationSource)reader.Upto((int)OperationSource.Shutdown);
        Cause cause = (Cause)reader.Upto((int)Cause.ProcessUnkillable);
        if (reader.Failed)
        {
            return;
        }

        Operation operation = new(id, type, service, source, cause)
        {
            State = reader.Flag() ? OperationState.Running : OperationState.Pending,
            Caller = reader.Text(),
            CreatedAt = reader.Time(),
        };
        operation.StartedAt = operation.State == OperationState.Running ? reader.Time() : default;
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
