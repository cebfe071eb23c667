// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// The boot as the core sees it: registryd alone (Phase 1), then everything the boot graph holds (Phase 2), the moment
/// when all of it has settled, and the grace after which the boot counts as successful.
/// </summary>
internal sealed class Boot(Machine machine)
{
    private readonly Deadline _grace = new(DeadlineKind.BootGrace, null);

    /// <summary>How far the boot has come. The numbers are part of the snapshot format.</summary>
    public enum Stage : byte
    {
        /// <summary>Nothing was started.</summary>
        Before = 0,
        /// <summary>registryd is starting.</summary>
        Registry = 1,
        /// <summary>registryd is Active; the shell probes and loads.</summary>
        Loading = 2,
        /// <summary>Boot services are starting.</summary>
        Services = 3,
        /// <summary>Every boot start has settled.</summary>
        Settled = 4,
    }

    /// <summary>Full or Recovery.</summary>
    public BootMode Mode { get; set; }

    /// <summary>How far it has come.</summary>
    public Stage Reached { get; set; }

    /// <summary>Every Critical service of the boot has been up at the same time once (PEINIT-030).</summary>
    public bool CriticalsWereUp { get; set; }

    /// <summary>BootSucceeded was requested.</summary>
    public bool Succeeded { get; set; }

    /// <summary>Why Recovery was entered, or null.</summary>
    public string? Reason { get; set; }

    /// <summary>The grace period, for the snapshot.</summary>
    public Deadline Grace => _grace;

    /// <summary>Whether a model change must wait (PEINIT-156); before Phase 2 there is no model to change.</summary>
    public bool FreezesModel => Reached < Stage.Settled;

    /// <summary>Phase 1, step 4.</summary>
    public void StartPhase1(ServiceDefinition registryd, BootMode mode)
    {
        if (Reached != Stage.Before)
        {
            return;
        }

        Mode = mode;
        Reached = Stage.Registry;
        // It counts as a boot service: the grace watches it, and nothing may start at boot that would evict it.
        machine.Model.CompiledIn = registryd with { BootTrigger = true };
        Service service = machine.Model.Take(machine.Model.CompiledIn);
        machine.Operations.Submit(service, OperationType.Start, OperationSource.Boot, Cause.ExplicitStart);
    }

    /// <summary>Phase 2: the model is loaded.</summary>
    public void StartPhase2(Configuration configuration)
    {
        if (Mode == BootMode.Recovery || Reached != Stage.Loading || machine.IsShuttingDown)
        {
            return;
        }

        Graph graph = machine.Model.Load(configuration);
        if (CriticalInTrouble(graph) is { } reason)
        {
            EnterRecovery(reason);
            return;
        }

        Reached = Stage.Services;
        machine.Emit(new Effect { Kind = EffectKind.BootMode, Number = (int)Mode });
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            Service service = machine.FindService(graph.Nodes[i].Name)!;
            service.InBoot = graph.InBoot[i];
            if (service.InBoot && BootConflict(graph, i) is { } other)
            {
                machine.Log(LogLevel.Error, LogMessage.BootConflict, service, other);
                machine.Activation.Refuse(service, Trigger.CannotStart, Cause.ValidationError);
            }
            else if (graph.Nodes[i] is { BootTrigger: true, Disabled: false } || (service.InBoot && service.Cycle is not null))
            {
                machine.Operations.Submit(service, OperationType.Start, OperationSource.Boot, Cause.ExplicitStart);
            }
        }
    }

    /// <summary>No service starts by itself any more; what runs goes on running (PEINIT-074).</summary>
    public void EnterRecovery(string reason)
    {
        if (Mode == BootMode.Recovery || machine.IsShuttingDown)
        {
            return;
        }

        Mode = BootMode.Recovery;
        Reason = reason;
        machine.Deadlines.Disarm(_grace);
        foreach (Service service in machine.Model.Services)
        {
            machine.Operations.CancelAll(service);
        }

        machine.Emit(new Effect { Kind = EffectKind.BootMode, Number = (int)Mode, Text = reason });
        machine.Emit(new Effect { Kind = EffectKind.EnterRecovery, Text = reason });
    }

    /// <summary>Whether the restart policy applies at all now.</summary>
    public bool MayRestart(Service service) => Reached != Stage.Registry && !machine.IsShuttingDown && service.Model is not null;

    /// <summary>A Critical service is finally Failed (PEINIT-237, PEINIT-238).</summary>
    public void CriticalFailed(Service service)
    {
        bool ignored = machine.IsShuttingDown || Mode == BootMode.Recovery || Reached == Stage.Registry;
        machine.Emit(new Effect
        {
            Kind = EffectKind.Log, Level = LogLevel.Error, Message = LogMessage.CriticalFailed, Service = service, Cause = service.Cause, Flag = ignored,
        });
        if (!ignored)
        {
            machine.Finish(new Effect { Kind = EffectKind.CriticalReboot, Service = service });
        }
    }

    /// <summary>Follows registryd through Phase 1 and the Critical services through the grace.</summary>
    public void AfterTransition(Service service)
    {
        if (Reached == Stage.Registry)
        {
            AfterRegistry(service);
        }
        else if (Reached is Stage.Services or Stage.Settled && service.InBoot && IsCritical(service))
        {
            UpdateGrace();
        }
    }

    /// <summary>Looks whether the last boot start has settled.</summary>
    public void AfterStep()
    {
        if (Reached != Stage.Services || machine.IsFinished)
        {
            return;
        }

        foreach (Service service in machine.Model.Services)
        {
            if (service.InBoot && !service.BootSettled)
            {
                service.BootSettled = !service.MayBeStarting && service.PendingOperations.Count == 0;
                if (!service.BootSettled)
                {
                    return;
                }
            }
        }

        Reached = Stage.Settled;
        machine.Emit(new Effect { Kind = EffectKind.BootSettled });
        UpdateGrace();
        machine.Model.ApplyDeferred();
    }

    /// <summary>All Critical services stayed up for the grace.</summary>
    public void GraceOver()
    {
        Succeeded = true;
        machine.Emit(new Effect { Kind = EffectKind.BootSucceeded });
    }

    /// <summary>Writes how far the boot has come.</summary>
    public void WriteTo(ref ByteWriter writer)
    {
        writer.U8((byte)Mode);
        writer.U8((byte)Reached);
        writer.Flag(CriticalsWereUp);
        writer.Flag(Succeeded);
        writer.Text(Reason);
        writer.Deadline(_grace);
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    public void ReadFrom(ref ByteReader reader)
    {
        Mode = (BootMode)reader.Upto((int)BootMode.Recovery);
        Reached = (Stage)reader.Upto((int)Stage.Settled);
        CriticalsWereUp = reader.Flag();
        Succeeded = reader.Flag();
        Reason = reader.Text();
        reader.Deadline(_grace, machine.Deadlines);
    }

    /// <summary>After a restore: asks again for everything whose answer was lost with the old image.</summary>
    public void Resume()
    {
        if (Mode == BootMode.Recovery && Reason is not null)
        {
            machine.Emit(new Effect { Kind = EffectKind.EnterRecovery, Text = Reason });
        }
        else if (Reached == Stage.Loading)
        {
            machine.Emit(new Effect { Kind = EffectKind.Phase1Ready, Service = machine.FindService(machine.Model.CompiledIn!.Name) });
        }

        foreach (Service service in machine.Model.Services)
        {
            switch (service.Phase)
            {
                case ActivationPhase.Checks:
                    machine.Activation.RequestChecks(service);
                    break;
                case ActivationPhase.Cgroup:
                    machine.Emit(new Effect { Kind = EffectKind.CreateCgroup, Service = service });
                    break;
            }

            if (service.MainKill != 0)
            {
                machine.Stopping.Kill(service, CgroupPart.Main);
            }

            if (service.HooksKill != 0)
            {
                machine.Stopping.Kill(service, CgroupPart.Hooks);
            }

            machine.Note(service, Work.Advance);
        }

        ResumeJobs();
    }

    private void ResumeJobs()
    {
        List<Job> jobs = [.. machine.Jobs];
        foreach (Job job in jobs)
        {
            if (job.Step is JobStep.Token or JobStep.Spawn)
            {
                // The shell has killed what a fork without a known pid may have left.
                job.Step = JobStep.Token;
                machine.Emit(new Effect { Kind = EffectKind.RequestToken, Job = job, Service = job.Service });
            }
            else if (job.Step == JobStep.Exec && job.FailureCause == Cause.None)
            {
                // Its error pipe is lost; if it did not get to exec, its exit says so.
                job.Step = JobStep.Run;
                machine.Activation.Executed(job);
            }
        }
    }

    private void AfterRegistry(Service service)
    {
        if (service.State == ServiceState.Active)
        {
            Reached = Stage.Loading;
            if (Mode == BootMode.Full)
            {
                machine.Emit(new Effect { Kind = EffectKind.Phase1Ready, Service = service });
            }
        }
        else if (service.State is ServiceState.Failed or ServiceState.Abandoned && !machine.IsShuttingDown)
        {
            Reached = Stage.Loading;
            EnterRecovery(service.Name + " did not become ready (" + Names.Of(service.Cause) + ")");
        }
    }

    private static string? CriticalInTrouble(Graph graph)
    {
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            if (!graph.InBoot[i] || !graph.Nodes[i].Critical)
            {
                continue;
            }

            if (graph.CycleOf[i] is { } cycle)
            {
                return "Critical service " + graph.Nodes[i].Name + " is in the dependency cycle " + cycle + "; Safe mode is not built";
            }

            if (BootConflict(graph, i) is { } other)
            {
                return "Critical service " + graph.Nodes[i].Name + " conflicts with " + other + ", and both start at boot; Safe mode is not built";
            }
        }

        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            if (graph.InBoot[i] && BootConflict(graph, i) is { } other && graph.Nodes[graph.IndexOf(other)].Critical)
            {
                return "Critical service " + other + " conflicts with " + graph.Nodes[i].Name + ", and both start at boot; Safe mode is not built";
            }
        }

        return null;
    }

    private static string? BootConflict(Graph graph, int node)
    {
        foreach (int other in graph.Conflicts[node])
        {
            if (graph.InBoot[other])
            {
                return graph.Nodes[other].Name;
            }
        }

        return null;
    }

    /// <summary>Whether a Critical service counts as up: a Oneshot also after it was moved on to Inactive, and Skipped because nothing is missing.</summary>
    private static bool IsUp(Service service) => service.State is ServiceState.Active or ServiceState.Reloading or ServiceState.Completed or ServiceState.Skipped
        || service is { State: ServiceState.Inactive, IsReleased: true, Activation.Type: ServiceType.Oneshot };

    private static bool IsCritical(Service service) => (service.Activation ?? service.Model) is { Critical: true };

    private void UpdateGrace()
    {
        bool any = false;
        bool up = true;
        foreach (Service service in machine.Model.Services)
        {
            if (service.InBoot && IsCritical(service))
            {
                any = true;
                up &= IsUp(service);
            }
        }

        up &= any || Reached == Stage.Settled;
        CriticalsWereUp |= up;
        if (!up || Mode == BootMode.Recovery)
        {
            machine.Deadlines.Disarm(_grace);
        }
        else if (!_grace.IsArmed && !Succeeded)
        {
            machine.Deadlines.Arm(_grace, Duration.After(machine.Now.Monotonic, Duration.Seconds(machine.Model.BootSuccessGrace)));
        }
    }
}
