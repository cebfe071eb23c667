// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Core;

/// <summary>
/// The whole of supervision as a value: what happened goes in, what is to be done comes out. No I/O, no clock, no
/// randomness but the seed, no threads. A step ends when nothing more follows from its input.
/// <para>This class holds the records and routes inputs. Decisions are made in <see cref="Operations"/> (what a request
/// means), <see cref="Prerequisites"/> and <see cref="Activation"/> (starting), <see cref="Hooks"/>, <see cref="Stopping"/> and
/// <see cref="Failures"/> (going down), <see cref="Reloading"/>,
/// <see cref="Messages"/> (notify), <see cref="Boot"/>, <see cref="Shutdown"/> and <see cref="ModelStore"/>
/// (definitions). None of them calls another service's decisions directly: they leave a note in
/// <see cref="Service.Work"/>, and the step goes on until no note is left. So nothing recurses along the graph.</para>
/// </summary>
public sealed class Machine
{
    private readonly Queue<Service> _work = new();
    private List<Effect> _effects = [];

    /// <summary>Makes an empty machine.</summary>
    /// <param name="seed">From getrandom: job and operation GUIDs are derived from it.</param>
    public Machine(UInt128 seed)
    {
        Ids = new IdSource(seed);
        JobTable = new Jobs(this);
        Model = new ModelStore(this);
        Operations = new Operations(this);
        Prerequisites = new Prerequisites(this);
        Activation = new Activation(this);
        Hooks = new Hooks(this);
        Stopping = new Stopping(this);
        Failures = new Failures(this);
        Reloading = new Reloading(this);
        Messages = new Messages(this);
        Boot = new Boot(this);
        Shutdown = new Shutdown(this);
    }

    /// <summary>All services in ordinal name order.</summary>
    public IReadOnlyList<Service> Services => Model.Services;

    /// <summary>All jobs that have not ended.</summary>
    public IReadOnlyList<Job> Jobs => JobTable.Live;

    /// <summary>Monotonic time at which <see cref="Input.Tick"/> is wanted; <see cref="long.MaxValue"/> for never. One timerfd serves it.</summary>
    public long NextDeadline => IsFinished ? long.MaxValue : Deadlines.Next;

    /// <summary>Rises whenever the model part of a <see cref="Snapshot"/> must be written again.</summary>
    public long ModelVersion => Model.Definitions.Version;

    /// <summary>Full or Recovery.</summary>
    public BootMode Mode => Boot.Mode;

    /// <summary>Whether the shutdown flag is set (PEINIT-358).</summary>
    public bool IsShuttingDown => Shutdown.IsRunning;

    /// <summary>Whether the last effect was requested; later inputs do nothing.</summary>
    public bool IsFinished => FinalEffect.Kind != EffectKind.None;

    internal IdSource Ids { get; private set; }

    internal Moment Now { get; private set; }

    internal DeadlineQueue Deadlines { get; } = new();

    internal Jobs JobTable { get; }

    internal ModelStore Model { get; }

    internal Operations Operations { get; }

    internal Activation Activation { get; }

    internal Prerequisites Prerequisites { get; }

    internal Hooks Hooks { get; }

    internal Stopping Stopping { get; }

    internal Failures Failures { get; }

    internal Reloading Reloading { get; }

    internal Messages Messages { get; }

    internal Boot Boot { get; }

    internal Shutdown Shutdown { get; }

    /// <summary>The effect after which nothing is requested any more; Kind None as long as there was none.</summary>
    internal Effect FinalEffect { get; set; }

    /// <summary>Finds a service by name, case-insensitively (PEINIT-005).</summary>
    public Service? FindService(string name) => Model.Find(name);

    /// <summary>Finds an operation that is under way or ended less than 60 s ago (PEINIT-313).</summary>
    /// <param name="id">Its GUID.</param>
    /// <param name="now">The present.</param>
    public Operation? FindOperation(Guid id, Moment now) => Operations.Index.Find(id, now.Monotonic);

    /// <summary>Takes one input and appends what follows from it to the list. Allocates nothing in steady state.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">When; never earlier than at the step before.</param>
    /// <param name="effects">Receives the effects, in the order in which they are to be executed.</param>
    public void Step(in Input input, Moment now, List<Effect> effects)
    {
        _effects = effects;
        Now = now.Monotonic < Now.Monotonic ? now with { Monotonic = Now.Monotonic } : now;
        if (IsFinished)
        {
            // An unmount that hangs is a phase like others (PEINIT-356).
            bool forced = input.Kind == InputKind.Signal && Shutdown.IsThirdInterrupt(input.Number) && FinalEffect.Kind == EffectKind.FinishShutdown;
            FinalEffect = forced ? new Effect { Kind = EffectKind.ForceReboot } : FinalEffect;
            if (forced || input.Kind == InputKind.Resume)
            {
                effects.Add(FinalEffect);
            }

            return;
        }

        Dispatch(input);
        Settle();
    }

    /// <summary>A new version 4 GUID (PEINIT-003).</summary>
    internal Guid NewGuid() => Ids.Next();

    /// <summary>Requests an effect, unless the last one was requested already.</summary>
    internal void Emit(in Effect effect)
    {
        if (!IsFinished)
        {
            _effects.Add(effect);
        }
    }

    /// <summary>Requests the last effect.</summary>
    internal void Finish(in Effect effect)
    {
        Emit(effect);
        FinalEffect = IsFinished ? FinalEffect : effect;
    }

    /// <summary>Writes a log line about a service.</summary>
    internal void Log(LogLevel level, LogMessage message, Service? service, string? text = null, int number = 0, Job? job = null, Cause cause = Cause.None) =>
        Emit(new Effect
        {
            Kind = EffectKind.Log, Level = level, Message = message, Service = service, Text = text, Number = number, Job = job, Cause = cause,
        });

    /// <summary>Leaves a note that a service must be looked at before the step ends.</summary>
    internal void Note(Service service, Work work)
    {
        if (service.Work == Work.None)
        {
            _work.Enqueue(service);
        }

        service.Work |= work;
    }

    /// <summary>The values of a service that a running one takes from the current model (class R of PEINIT-159).</summary>
    internal static ServiceDefinition Current(Service service) =>
        service.Model is { IsValid: true } model ? model : service.Activation ?? service.Model!;

    /// <summary>Moves a service to another state: the only place where one changes (PEINIT-213).</summary>
    /// <param name="service">The service.</param>
    /// <param name="trigger">The row of the table.</param>
    /// <param name="to">The new state.</param>
    /// <param name="cause">The cause, None to keep the old one.</param>
    internal void Transition(Service service, Trigger trigger, ServiceState to, Cause cause = Cause.None)
    {
        ServiceState from = service.State;
        if (!Transitions.Allows(trigger, from, to, cause))
        {
            throw new InvalidOperationException($"{service.Name}: {trigger} from {from} to {to} ({cause}) is not in the table");
        }

        bool satisfied = service.IsSatisfying;
        service.State = to;
        service.Cause = cause == Cause.None ? service.Cause : cause;
        Emit(new Effect
        {
            Kind = EffectKind.Transition, Service = service, From = from, To = to, Cause = service.Cause, Job = service.MainJob,
        });
        if (!(to is ServiceState.Active or ServiceState.Reloading))
        {
            service.ActiveSince = 0;
        }

        if (from == ServiceState.Starting && to != ServiceState.Starting)
        {
            Prerequisites.ReleaseSlot(service);
        }

        if (satisfied && !service.IsSatisfying && trigger != Trigger.DependentsReleased)
        {
            Failures.PropagateLoss(service);
        }

        if (from == ServiceState.Starting && to == ServiceState.Active)
        {
            service.ActiveSince = Now.Monotonic;
            Failures.PropagateRecovery(service);
        }

        if (to == ServiceState.Failed && from != ServiceState.Failed)
        {
            Failures.EnteredFailed(service);
        }

        Operations.AfterTransition(service);
        Prerequisites.WakeAround(service);
        Boot.AfterTransition(service);
        if (!service.MayHaveProcesses)
        {
            Shutdown.AfterDown(service);
            Model.AfterDown(service);
        }
    }

    /// <summary>Writes clock, identities and the last effect.</summary>
    internal void WriteTo(ref ByteWriter writer)
    {
        UInt128 ids = Ids.State;
        writer.I64((long)(ulong)(ids >> 64));
        writer.I64((long)(ulong)ids);
        writer.Time(Now);
        writer.U8((byte)FinalEffect.Kind);
        writer.I32(FinalEffect.Number);
        writer.Flag(FinalEffect.Flag);
        writer.I32(FinalEffect.Service?.Ordinal ?? -1);
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    internal void ReadFrom(ref ByteReader reader)
    {
        ulong high = (ulong)reader.I64();
        Ids = new IdSource(((UInt128)high << 64) | (ulong)reader.I64());
        Now = reader.Time();
        EffectKind kind = (EffectKind)reader.Upto((int)EffectKind.CriticalReboot);
        int number = reader.I32();
        bool flag = reader.Flag();
        int service = reader.Index(Services.Count);
        FinalEffect = new Effect { Kind = kind, Number = number, Flag = flag, Service = service < 0 ? null : Services[service] };
    }

    private void Dispatch(in Input input)
    {
        switch (input.Kind)
        {
            case InputKind.Tick:
                FireDeadlines();
                break;
            case InputKind.StartPhase1:
                Boot.StartPhase1((ServiceDefinition)input.Subject!, (BootMode)input.Number);
                break;
            case InputKind.StartPhase2:
                Boot.StartPhase2((Configuration)input.Subject!);
                break;
            case InputKind.EnterRecovery:
                Boot.EnterRecovery(input.Text!);
                break;
            case InputKind.ReloadConfiguration:
                Model.Reload((Configuration)input.Subject!, input.Request);
                break;
            case InputKind.DefinitionChanged:
                Model.Change((ServiceDefinition)input.Subject!);
                break;
            case InputKind.DefinitionRemoved:
                Model.Remove(input.Text!);
                break;
            case InputKind.ChecksDone:
                Activation.ChecksDone((Service)input.Subject!, input.Number, (CheckOutcome)input.Step, input.Text);
                break;
            case InputKind.CgroupReady:
            case InputKind.CgroupBusy:
            case InputKind.CgroupFailed:
                Activation.CgroupAnswered((Service)input.Subject!, input.Kind, input.Number);
                break;
            case InputKind.CgroupEmpty:
                Stopping.CgroupEmpty((Service)input.Subject!, (CgroupPart)input.Step, input.Number);
                break;
            case InputKind.Notify:
                Messages.Received(input.Number, input.Fields);
                break;
            case InputKind.Command:
                Operations.Command(input);
                break;
            case InputKind.Shutdown:
                Shutdown.Requested(input.Request, (ShutdownType)input.Number);
                break;
            case InputKind.Signal:
                Shutdown.Signalled(input.Number);
                break;
            case InputKind.Resume:
                Boot.Resume();
                break;
            default:
                DispatchJob(input);
                break;
        }
    }

    private void DispatchJob(in Input input)
    {
        Job? job = input.Kind == InputKind.ChildExited ? JobTable.ByPid(input.Number) : (Job)input.Subject!;
        if (job is null)
        {
            return;
        }

        switch (input.Kind)
        {
            case InputKind.TokenReady when job.Step == JobStep.Token:
                JobTable.RequestSpawn(job);
                break;
            case InputKind.TokenFailed when job.Step == JobStep.Token:
                Log(LogLevel.Error, LogMessage.TokenFailed, job.Service, null, input.Number, job);
                Activation.NotForked(job, input.Number);
                break;
            case InputKind.SpawnFailed when job.Step == JobStep.Spawn:
                Log(LogLevel.Error, LogMessage.SpawnFailed, job.Service, null, input.Number, job);
                Activation.NotForked(job, input.Number);
                break;
            case InputKind.Spawned when job.Step == JobStep.Spawn:
                JobTable.Forked(job, input.Number);
                Stopping.KillIfUnwanted(job);
                break;
            case InputKind.ExecSucceeded when job.Step == JobStep.Exec && job.FailureCause == Cause.None:
                job.Step = JobStep.Run;
                Activation.Executed(job);
                break;
            case InputKind.ExecFailed when job.Step == JobStep.Exec && job.FailureCause == Cause.None:
                Activation.NotExecuted(job, input.Step, input.Number);
                break;
            case InputKind.ChildExited:
                Activation.Exited(job, input.Step, (int)input.Request);
                break;
        }
    }

    private void FireDeadlines()
    {
        while (!IsFinished && Deadlines.TakeDue(Now.Monotonic) is { } deadline)
        {
            switch (deadline.Kind)
            {
                case DeadlineKind.Phase:
                    Stopping.PhaseOver((Service)deadline.Owner!);
                    break;
                case DeadlineKind.PostHooks:
                    Hooks.PostHooksOver((Service)deadline.Owner!);
                    break;
                case DeadlineKind.Kill:
                    Stopping.KillOver((Service)deadline.Owner!);
                    break;
                case DeadlineKind.RestartDelay:
                    Activation.DelayOver((Service)deadline.Owner!);
                    break;
                case DeadlineKind.Watchdog:
                    Stopping.WatchdogOver((Service)deadline.Owner!);
                    break;
                case DeadlineKind.Operation:
                    Operations.Expire((Operation)deadline.Owner!);
                    break;
                case DeadlineKind.BootGrace:
                    Boot.GraceOver();
                    break;
                case DeadlineKind.Shutdown:
                    Shutdown.TimeOver();
                    break;
            }
        }
    }

    /// <summary>Works off the notes, hands out start slots, and repeats until neither leaves anything to do.</summary>
    private void Settle()
    {
        do
        {
            while (!IsFinished && _work.TryDequeue(out Service? service))
            {
                Work work = service.Work;
                service.Work = Work.None;
                Operations.DoWork(service, work);
            }
        }
        while (!IsFinished && (Model.Sweep() || Prerequisites.GrantSlots()));

        Shutdown.AfterStep();
        Boot.AfterStep();
        Operations.AfterStep();
    }
}
