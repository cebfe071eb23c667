// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using MachineSnapshot = Peinit.Core.Snapshot;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>What must hold after every step of every boot, told from the effects alone wherever that is possible.</summary>
internal sealed class Invariants(World world, Configuration configuration)
{
    private const long Second = 1_000_000_000;

    private readonly Dictionary<string, ServiceState> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<long>> _restarts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _activeSince = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _succeeded = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Guid, int> _operations = [];
    private readonly Dictionary<Guid, int> _jobs = [];
    private readonly Dictionary<long, int> _requests = [];
    private readonly HashSet<Guid> _termed = [];
    private long _shutdownAt = long.MaxValue;
    private bool _orderBroken;
    private Service? _again;
    private bool _resuming;

    [ThreadStatic]
    private static byte[]? s_copied;

    [ThreadStatic]
    private static byte[]? s_encoded;

    // What is copied from the last time must be what would be encoded now: a change that forgets to say so loses state.
    private static void CheckSnapshot(Machine machine)
    {
        s_copied ??= new byte[1 << 20];
        s_encoded ??= new byte[1 << 20];
        int copied = MachineSnapshot.WriteState(machine, s_copied);
        machine.Model.Definitions.SavedVersion = -1;
        int encoded = MachineSnapshot.WriteState(machine, s_encoded);
        Check(copied > 0 && s_copied.AsSpan(0, copied).SequenceEqual(s_encoded.AsSpan(0, encoded)), "a snapshot with an old record");
    }

    /// <summary>A client sent a request: it must be answered exactly once.</summary>
    public void Asked(long request) => _requests[request] = 0;

    /// <summary>The machine was restored: its clients are gone, and it numbers nothing new.</summary>
    public void Restored()
    {
        _requests.Clear();
        _resuming = true;
    }

    /// <summary>The shell was told to send a signal.</summary>
    public void Signalled(VirtualProcess process, int number)
    {
        if (number == 15)
        {
            Check(_termed.Add(process.Job), "a second SIGTERM in one stop");
            Check(!process.SaidStopping, "SIGTERM after STOPPING=1");
        }
    }

    /// <summary>Judges the effects of one step, and the state after it.</summary>
    public void AfterStep(ReadOnlySpan<Effect> effects)
    {
        Check(effects.Length < 5_000, "a step that requests too much");
        foreach (Effect effect in effects)
        {
            Judge(effect);
        }

        _resuming = false;
        Machine machine = world.Machine;
        CheckSnapshot(machine);
        if (_shutdownAt == long.MaxValue && machine.IsShuttingDown)
        {
            _shutdownAt = world.Now;
        }

        CheckParallelStarts(machine);
        CheckOperationsPerService(machine);
        Check(machine.NextDeadline > world.Now - 1 || machine.IsFinished, "a deadline in the past");
        long limit = Duration(Math.Max(configuration.ShutdownTimeout, 90) + 7);
        Check(_shutdownAt == long.MaxValue || machine.IsFinished || world.Now <= _shutdownAt + limit, "the shutdown misses its deadline");
    }

    /// <summary>Nothing can happen any more, and no shutdown was asked for: nothing may be half done.</summary>
    public void AtRest()
    {
        foreach (Service service in world.Machine.Services)
        {
            Check(service.State is not (ServiceState.Starting or ServiceState.Stopping or ServiceState.Reloading), service.Name + " rests in " + service.State);
            Check(service.CurrentOperation is null, service.Name + " rests with an operation");
        }
    }

    /// <summary>The boot is over.</summary>
    public void AtEnd()
    {
        foreach ((long request, int answers) in _requests)
        {
            // A reboot of a Critical failure and a forced one answer nobody: the machine is gone.
            Check(answers == 1 || (answers == 0 && !Graceful), $"request {request} was answered {answers} times");
        }

        foreach ((Guid id, int ends) in _operations)
        {
            Check(ends == 1 || (ends == 0 && !Graceful), $"operation {id} ended {ends} times");
        }

        foreach ((Guid id, int ends) in _jobs)
        {
            Check(ends == 1 || (ends == 0 && !Graceful), $"job {id} ended {ends} times");
        }

        foreach (Service service in world.Machine.Services)
        {
            Check(!Graceful || !service.MayHaveProcesses, service.Name + " is left " + service.State);
        }
    }

    private bool Graceful => world.Machine is { IsFinished: true, FinalEffect.Kind: EffectKind.FinishShutdown, Mode: BootMode.Full, Shutdown.IsOverdue: false };

    private static long Duration(uint seconds) => seconds * Second;

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }

    private void Judge(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.Transition:
                JudgeTransition(effect);
                break;
            case EffectKind.Log when effect.Message == LogMessage.CgroupBusy:
                _again = effect.Service;
                break;
            case EffectKind.CreateCgroup when _resuming:
                break;
            case EffectKind.CreateCgroup when effect.Service == _again:
                _again = null;
                break;
            case EffectKind.CreateCgroup:
                JudgeStart(effect.Service!);
                break;
            case EffectKind.RequestToken or EffectKind.Spawn:
                Check(!world.Machine.IsShuttingDown, "a process is started during shutdown");
                break;
            case EffectKind.ForgetService:
                _states.Remove(effect.Service!.Name);
                _restarts.Remove(effect.Service.Name);
                _succeeded.Remove(effect.Service.Name);
                break;
            case EffectKind.JobCreated:
                _jobs.Add(effect.Job!.Id, 0);
                break;
            case EffectKind.JobStarted:
                Check(_jobs[effect.Job!.Id] == 0, "a job starts after its end");
                break;
            case EffectKind.JobEnded:
                Check(++_jobs[effect.Job!.Id] == 1, "a job ends twice");
                break;
            case EffectKind.OperationRequested:
                _operations.Add(effect.Operation!.Id, 0);
                break;
            case EffectKind.OperationStarted:
                Check(_operations[effect.Operation!.Id] == 0, "an operation starts after its end");
                break;
            case EffectKind.OperationEnded:
                Check(++_operations[effect.Operation!.Id] == 1, "an operation ends twice");
                Check(effect.Operation.IsFinal, "an operation ends unfinished");
                break;
            case EffectKind.Reply:
                Check(_requests.ContainsKey(effect.Request) && ++_requests[effect.Request] == 1, "a request is answered twice, or was never asked");
                break;
            case EffectKind.Log when effect.Message == LogMessage.ShutdownOrderBroken:
                _orderBroken = true;
                break;
        }
    }

    private void JudgeTransition(in Effect effect)
    {
        string name = effect.Service!.Name;
        ServiceState known = _states.GetValueOrDefault(name);
        Check(known == effect.From, $"{name}: a transition from {effect.From}, but it was {known}");
        Check(ExpectedTransitions.Allow(effect.From, effect.To, effect.Cause), $"{name}: {effect.From} -> {effect.To} ({effect.Cause}) is not allowed");
        _states[name] = effect.To;
        world.Seen.Add((effect.From, effect.To, effect.Cause));
        if (effect.To is ServiceState.Inactive && effect.From == ServiceState.Abandoned)
        {
            _restarts.Remove(name);
        }

        if (effect is { From: ServiceState.Starting, To: ServiceState.Active })
        {
            _activeSince[name] = world.Now;
        }

        if (effect.To == ServiceState.Completed)
        {
            _succeeded.Add(name);
            _restarts.Remove(name);
        }

        if (effect.To == ServiceState.Starting && Restarted(effect.Cause))
        {
            JudgeRestart(effect.Service);
        }

        if (effect is { To: ServiceState.Inactive, From: ServiceState.Failed or ServiceState.Skipped })
        {
            _restarts.Remove(name);
        }

        if (effect is { To: ServiceState.Stopping, Cause: Cause.ShutdownWave })
        {
            JudgeWave(effect.Service);
        }

        Check(effect.To != ServiceState.Starting || !world.Machine.IsShuttingDown, name + " starts during shutdown");
        if (effect.To is ServiceState.Inactive or ServiceState.Completed or ServiceState.Failed && effect.From != effect.To)
        {
            string main = effect.Service.CgroupPath + "/Main";
            Check(world.CountKillable(main) == 0 || !Runs(effect.From), name + " is " + effect.To + " with processes in main/");
        }
    }

    private static bool Restarted(Cause cause) => cause is >= Cause.ProcessCrash and <= Cause.PreExecFailure;

    private void JudgeRestart(Service service)
    {
        ServiceDefinition current = service.Model ?? service.Activation!;
        if (!_restarts.TryGetValue(service.Name, out List<long>? times))
        {
            _restarts[service.Name] = times = [];
        }

        if (_activeSince.Remove(service.Name, out long since) && world.Now - since >= Duration(current.RestartWindow))
        {
            times.Clear();
        }

        times.Add(world.Now);
        int inside = 0;
        foreach (long time in times)
        {
            inside += time > world.Now - Duration(current.RestartWindow) ? 1 : 0;
        }

        Check(inside <= current.RestartMaxRetries || !current.IsValid, service.Name + " exceeds its restart budget");
        Check(current.RestartPolicy != RestartPolicy.Never || !current.IsValid, service.Name + " is restarted against its policy");
    }

    /// <summary>The start begins: everything it needs is there, everything it cannot stand is gone.</summary>
    private void JudgeStart(Service service)
    {
        ServiceDefinition snapshot = service.Activation!;
        foreach (string name in (string[])[.. snapshot.Requires, .. snapshot.BindsTo])
        {
            Service? target = world.Machine.FindService(name);
            bool satisfied = target is not null && (Satisfies(StateOf(target)) || (target.Activation is { RemainAfterExit: false } && _succeeded.Contains(target.Name)));
            Check(satisfied, $"{service.Name} starts, but {name} is {target?.State}");
        }

        foreach (Service other in world.Machine.Services)
        {
            bool conflict = other != service && other.Activation is { } theirs
                && (Words.Contains(snapshot.Conflicts, other.Name) || (Words.Contains(theirs.Conflicts, service.Name) && theirs == other.Model));
            Check(!conflict || !Runs(StateOf(other)), $"{service.Name} starts beside {other.Name}, which is {StateOf(other)}");
        }
    }

    private static bool Satisfies(ServiceState state) => state is ServiceState.Active or ServiceState.Reloading or ServiceState.Completed or ServiceState.Skipped;

    private static bool Runs(ServiceState state) => state is ServiceState.Starting or ServiceState.Active or ServiceState.Reloading or ServiceState.Stopping;

    private ServiceState StateOf(Service service) => _states.GetValueOrDefault(service.Name);

    private void JudgeWave(Service service)
    {
        string[] daemons = ["eventd", "authd", "lpsd", "registryd"];
        int rank = Array.IndexOf(daemons, service.Name);
        foreach (Service other in world.Machine.Services)
        {
            if (!Runs(StateOf(other)) || other == service || world.Machine.Shutdown.IsOverdue || _orderBroken)
            {
                continue;
            }

            int otherRank = Array.IndexOf(daemons, other.Name);
            Check(rank < 0 || (otherRank >= 0 && otherRank > rank), $"{service.Name} is stopped before {other.Name}");
            ServiceDefinition? snapshot = other.Activation;
            bool needs = snapshot is not null && otherRank < 0 && (Words.Contains(snapshot.Requires, service.Name) || Words.Contains(snapshot.BindsTo, service.Name));
            Check(!needs, $"{service.Name} is stopped while {other.Name} needs it");
        }
    }

    private static void CheckParallelStarts(Machine machine)
    {
        int starting = 0;
        foreach (Service service in machine.Services)
        {
            bool starts = service.State == ServiceState.Starting && service.Phase > ActivationPhase.Delay;
            Check(starts == service.HoldsSlot, service.Name + ": slot and phase disagree");
            starting += starts ? 1 : 0;
        }

        Check(starting == machine.Prerequisites.SlotsUsed, "slots are miscounted");
        Check(starting <= Math.Max(machine.Model.MaxParallelStarts, 10), "too many parallel starts");
    }

    private static void CheckOperationsPerService(Machine machine)
    {
        foreach (Service service in machine.Services)
        {
            Check(service.PendingOperations.Count <= 16, "too many pending operations");
            Check(service.RunningOperation is not { State: not OperationState.Running }, "the running operation does not run");
            bool needsMain = service.State is ServiceState.Active or ServiceState.Reloading && service.Phase != ActivationPhase.Drain;
            Check(!needsMain || service.MainJob is { Step: JobStep.Run or JobStep.Exec }, service.Name + " is up without a process");
        }
    }
}
