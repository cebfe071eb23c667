// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// The state part of a snapshot: boot, shutdown, services with their operations in the order of the model part, then the
/// live jobs (<see cref="SnapshotWork"/>). What has not changed since the last time is copied, not encoded
/// (<see cref="SavedRecord"/>).
/// </summary>
internal static class SnapshotState
{
    /// <summary>Writes it.</summary>
    public static void Write(Machine machine, ref ByteWriter writer)
    {
        machine.WriteTo(ref writer);
        machine.Boot.WriteTo(ref writer);
        machine.Shutdown.WriteTo(ref writer);
        machine.Stopping.WriteTo(ref writer);
        // Records name services and definitions by their number in the model.
        bool renumbered = machine.Model.Definitions.SavedVersion != machine.ModelVersion;
        writer.I32(machine.Services.Count);
        for (int i = 0; i < machine.Services.Count; i++)
        {
            WriteRecord(machine, machine.Services[i], renumbered, ref writer);
        }

        SnapshotWork.WriteJobs(machine, renumbered, ref writer);
        if (!writer.Overflowed)
        {
            machine.Model.Definitions.SavedVersion = machine.ModelVersion;
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
            SnapshotWork.ReadOperations(machine, machine.Services[i], ref reader);
        }

        SnapshotWork.ReadJobs(machine, ref reader);
        if (!reader.Failed)
        {
            machine.Shutdown.Restore();
        }
    }

    /// <summary>
    /// The groups of fields that a service has. Most services rest most of the time: what is at its default is not
    /// written, so that the blob before a fork costs what goes on, not what exists.
    /// </summary>
    [Flags]
    private enum Has : ushort
    {
        None = 0,
        Times = 1,
        Drain = 2,
        Deadlines = 4,
        History = 8,
        Leaks = 16,
        Status = 32,
        Binding = 64,
        Latches = 128,
        Serials = 256,
    }

    private static Has GroupsOf(Service service)
    {
        bool drain = service.StopReason != StopReason.None || service.DrainCause != Cause.None || service.LastErrno != 0
            || (service.MainKill | service.HooksKill) != 0;
        bool deadlines = service.PhaseDeadline.IsArmed || service.PostHookDeadline.IsArmed || service.KillDeadline.IsArmed
            || service.DelayDeadline.IsArmed || service.WatchdogDeadline.IsArmed;
        bool latches = false;
        foreach (Dependency dependency in service.Dependencies)
        {
            latches |= dependency.Satisfied;
        }

        return ((service.ActiveSince | service.PhaseStart | (long)service.WatchdogMicroseconds) != 0 ? Has.Times : Has.None)
            | (drain ? Has.Drain : Has.None)
            | (deadlines ? Has.Deadlines : Has.None)
            | ((service.Failures | service.Restarts.Count | service.FailureStarts.Count) != 0 ? Has.History : Has.None)
            | (service.Leaks.Count != 0 ? Has.Leaks : Has.None)
            | (service.StatusText is not null ? Has.Status : Has.None)
            | (service.LostBinding is not null ? Has.Binding : Has.None)
            | (latches ? Has.Latches : Has.None)
            | ((service.Generation | service.CheckSerial) != 0 ? Has.Serials : Has.None);
    }

    private static void WriteRecord(Machine machine, Service service, bool renumbered, ref ByteWriter writer)
    {
        if (service.Saved.IsCurrent && !renumbered)
        {
            writer.Raw(service.Saved.Bytes);
            return;
        }

        int start = writer.Length;
        WriteService(machine, service, ref writer);
        SnapshotWork.WriteOperations(service, ref writer);
        if (!writer.Overflowed)
        {
            service.Saved.Keep(writer.Written[start..]);
        }
    }

    private static void WriteService(Machine machine, Service service, ref ByteWriter writer)
    {
        Has groups = GroupsOf(service);
        writer.I32((int)groups | (Flags(service) << 16));
        writer.I32((int)service.State | ((int)service.Cause << 8) | ((int)service.Phase << 16));
        writer.I32(machine.Model.Definitions.IndexOf(service.Activation));
        if ((groups & Has.Times) != 0)
        {
            writer.I64(service.ActiveSince);
            writer.I64(service.PhaseStart);
            writer.I64((long)service.WatchdogMicroseconds);
        }

        if ((groups & Has.Drain) != 0)
        {
            writer.U8((byte)service.StopReason);
            writer.U8((byte)service.DrainCause);
            writer.I32(service.MainKill);
            writer.I32(service.HooksKill);
            writer.I32(service.LastErrno);
        }

        if ((groups & Has.Deadlines) != 0)
        {
            writer.Deadline(service.PhaseDeadline);
            writer.Deadline(service.PostHookDeadline);
            writer.Deadline(service.KillDeadline);
            writer.Deadline(service.DelayDeadline);
            writer.Deadline(service.WatchdogDeadline);
        }

        WriteRest(service, groups, ref writer);
    }

    private static void WriteRest(Service service, Has groups, ref ByteWriter writer)
    {
        if ((groups & Has.History) != 0)
        {
            writer.I32(service.Failures);
            WriteHistory(service.Restarts, ref writer);
            WriteHistory(service.FailureStarts, ref writer);
        }

        if ((groups & Has.Leaks) != 0)
        {
            writer.I32(service.Leaks.Count);
            foreach (ServiceWarning leak in service.Leaks)
            {
                writer.Text(leak.Path);
                writer.I64(leak.DetectedAt);
            }
        }

        if ((groups & Has.Status) != 0)
        {
            writer.Text(service.StatusText);
        }

        if ((groups & Has.Binding) != 0)
        {
            writer.I32(service.LostBinding!.Ordinal);
        }

        if ((groups & Has.Latches) != 0)
        {
            foreach (Dependency dependency in service.Dependencies)
            {
                writer.Flag(dependency.Satisfied);
            }
        }

        if ((groups & Has.Serials) != 0)
        {
            writer.I32(service.Generation);
            writer.I32(service.CheckSerial);
        }
    }

    private static void ReadService(Machine machine, Service service, ref ByteReader reader)
    {
        int head = reader.I32();
        int states = reader.I32();
        Has groups = (Has)(head & 0xFFFF);
        SetFlags(service, head >> 16);
        if (groups > (Has)511 || (states & 0xFF) > (int)ServiceState.Skipped || ((states >> 8) & 0xFF) > (int)Cause.ProcessUnkillable
            || states >> 16 is < 0 or > (int)ActivationPhase.Drain)
        {
            reader.Fail();
            return;
        }

        service.State = (ServiceState)(states & 0xFF);
        service.Cause = (Cause)((states >> 8) & 0xFF);
        service.Phase = (ActivationPhase)(states >> 16);
        service.Activation = machine.Model.Definitions.At(reader.Index(machine.Model.Definitions.All.Count));
        if ((groups & Has.Times) != 0)
        {
            service.ActiveSince = reader.I64();
            service.PhaseStart = reader.I64();
            service.WatchdogMicroseconds = (ulong)reader.I64();
        }

        if ((groups & Has.Drain) != 0)
        {
            service.StopReason = (StopReason)reader.Upto((int)StopReason.Shutdown);
            service.DrainCause = (Cause)reader.Upto((int)Cause.ProcessUnkillable);
            service.MainKill = reader.I32();
            service.HooksKill = reader.I32();
            service.LastErrno = reader.I32();
        }

        if ((groups & Has.Deadlines) != 0)
        {
            reader.Deadline(service.PhaseDeadline, machine.Deadlines);
            reader.Deadline(service.PostHookDeadline, machine.Deadlines);
            reader.Deadline(service.KillDeadline, machine.Deadlines);
            reader.Deadline(service.DelayDeadline, machine.Deadlines);
            reader.Deadline(service.WatchdogDeadline, machine.Deadlines);
        }

        ReadRest(machine, service, groups, ref reader);
        service.CgroupPath = CgroupNames.PathOf(service);
        Rejoin(machine, service, ref reader);
    }

    private static void ReadRest(Machine machine, Service service, Has groups, ref ByteReader reader)
    {
        if ((groups & Has.History) != 0)
        {
            service.Failures = reader.I32();
            ReadHistory(service.Restarts, ref reader);
            ReadHistory(service.FailureStarts, ref reader);
        }

        int leaks = (groups & Has.Leaks) != 0 ? reader.Count(12) : 0;
        for (int i = 0; i < leaks && !reader.Failed; i++)
        {
            service.Leaks.Add(new ServiceWarning(reader.Text() ?? "", CgroupPart.Hooks, reader.I64()));
        }

        service.StatusText = (groups & Has.Status) != 0 ? reader.Text() : null;
        int lost = (groups & Has.Binding) != 0 ? reader.Index(machine.Services.Count) : -1;
        service.LostBinding = lost < 0 ? null : machine.Services[lost];
        foreach (Dependency dependency in service.Dependencies)
        {
            dependency.Satisfied = (groups & Has.Latches) != 0 && reader.Flag();
        }

        if ((groups & Has.Serials) != 0)
        {
            service.Generation = reader.I32();
            service.CheckSerial = reader.I32();
        }
    }

    /// <summary>A service that is in the middle of something must have what that needs.</summary>
    private static void Rejoin(Machine machine, Service service, ref ByteReader reader)
    {
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
}
