// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using MachineSnapshot = Peinit.Core.Snapshot;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>
/// A shell without a system: it executes effects on virtual processes, cgroups, tokens and clients, and feeds what
/// follows back as inputs in virtual time. Everything it does follows from one seed.
/// </summary>
internal sealed class World
{
    private const long Second = 1_000_000_000;
    private const long Epoch = 1_700_000_000L * Second;

    private readonly PriorityQueue<Func<bool>, (long At, long Order)> _events = new();
    private readonly Dictionary<int, VirtualProcess> _processes = [];
    private readonly Dictionary<Guid, Job> _jobs = [];
    private readonly List<(string Name, CgroupPart Part, int Serial, string Cgroup)> _kills = [];
    private readonly List<Effect> _effects = [];
    private readonly Invariants _invariants;
    private readonly Configuration _configuration;
    private readonly int _chaos;
    private long _order;
    private long _now;
    private int _nextPid = 100;
    private long _nextRequest = 1;
    private readonly bool _authdHangs;
    private int _generation;

    /// <summary>Prepares a boot.</summary>
    public World(ulong seed)
    {
        Rng = new Rng(seed);
        Machine = new Machine(seed);
        _chaos = Rng.Pick(0, 3, 10, 30);
        _authdHangs = Rng.Percent(5);
        _configuration = RandomDefinitions.Configuration(Rng);
        _invariants = new Invariants(this, _configuration);
    }

    /// <summary>The machine under test; another one after a restore.</summary>
    public Machine Machine { get; private set; }

    /// <summary>All randomness.</summary>
    public Rng Rng { get; }

    /// <summary>The transitions that the boot went through.</summary>
    public HashSet<(ServiceState From, ServiceState To, Cause Cause)> Seen { get; } = [];

    /// <summary>Receives one line for each input and effect, when somebody looks at a single seed.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>Steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>Virtual monotonic time.</summary>
    public long Now => _now;

    /// <summary>Live processes in a cgroup.</summary>
    public int CountLive(string cgroup)
    {
        int live = 0;
        foreach (VirtualProcess process in _processes.Values)
        {
            live += !process.Gone && process.Cgroup == cgroup ? 1 : 0;
        }

        return live;
    }

    /// <summary>Live processes in a cgroup that SIGKILL would have ended; the others may be what an Abandoned service left.</summary>
    public int CountKillable(string cgroup)
    {
        int live = 0;
        foreach (VirtualProcess process in _processes.Values)
        {
            live += process is { Gone: false, Unkillable: false } && process.Cgroup == cgroup ? 1 : 0;
        }

        return live;
    }

    /// <summary>Runs one boot from the first step to the last effect, with everything that may happen in between.</summary>
    public void Run()
    {
        Feed(Input.StartPhase1(RandomDefinitions.Registryd(), Rng.Percent(2) ? BootMode.Recovery : BootMode.Full));
        int commands = Rng.Below(60);
        for (int i = 0; i < commands; i++)
        {
            At(Rng.Milliseconds(120_000), () => Feed(RandomCommand()));
        }

        for (int i = Rng.Percent(30) ? Rng.Below(6) : 0; i > 0; i--)
        {
            At(Rng.Milliseconds(120_000), ChangeModel);
        }

        for (int i = Rng.Percent(40) ? 1 + Rng.Below(4) : 0; i > 0; i--)
        {
            At(Rng.Milliseconds(Rng.Percent(50) ? 2_000 : 90_000), Crash);
        }

        long shutdown = Rng.Percent(30) ? Rng.Milliseconds(2_000) : Rng.Milliseconds(200_000);
        At(shutdown, ShutDown);
        At(400 * Second, () => Feed(Input.Signal(15)));
        while (!Machine.IsFinished && TakeNext())
        {
            Steps++;
            if (Steps > 200_000)
            {
                throw new InvalidOperationException("the boot never ends");
            }
        }

        _invariants.AtEnd();
    }

    private void At(long delay, Func<bool> action) => _events.Enqueue(action, (_now + delay, _order++));

    private bool TakeNext()
    {
        long deadline = Machine.NextDeadline;
        bool any = _events.TryPeek(out Func<bool>? action, out (long At, long Order) when);
        if (!any && deadline == long.MaxValue)
        {
            _invariants.AtRest();
            return false;
        }

        if (any && when.At <= deadline)
        {
            _events.Dequeue();
            _now = Math.Max(_now, when.At);
            action!();
            return true;
        }

        _now = Math.Max(_now, deadline);
        return Feed(Input.Tick());
    }

    private bool Feed(Input input)
    {
        _effects.Clear();
        Machine.Step(input, new Moment(_now, Epoch + _now), _effects);
        Effect[] effects = [.. _effects];
        Trace?.Invoke($"{_now / 1e9:F3} {input.Kind}");
        foreach (Effect effect in effects)
        {
            Trace?.Invoke("    " + Describe(effect));
        }

        _invariants.AfterStep(effects);
        foreach (Effect effect in effects)
        {
            Execute(effect);
        }

        return true;
    }

    private static string Describe(in Effect effect) => effect.Kind is EffectKind.Transition or EffectKind.Log
        ? LogText.Text(effect)
        : $"{effect.Kind} {effect.Service?.Name} {effect.Operation?.Type} {effect.Operation?.Source} {effect.Operation?.State} {effect.Job?.Type} {effect.Part} {effect.Number}";

    private void Execute(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.JobCreated:
                _jobs[effect.Job!.Id] = effect.Job;
                break;
            case EffectKind.RunChecks:
                RunChecks(effect.Service!.Name, effect.Number);
                break;
            case EffectKind.CreateCgroup:
                CreateCgroup(effect.Service!.Name, effect.Service.CgroupPath);
                break;
            case EffectKind.KillCgroup:
                Kill(effect.Service!, effect.Part, effect.Number);
                break;
            case EffectKind.RequestToken:
                RequestToken(effect.Job!);
                break;
            case EffectKind.Spawn:
                Spawn(effect.Job!.Id);
                break;
            case EffectKind.SendSignal:
                Signal(effect.Job!, effect.Number);
                break;
            case EffectKind.Phase1Ready:
                Answer(Rng.Milliseconds(50), LoadModel);
                break;
        }
    }

    private bool LoadModel() =>
        Feed(Rng.Percent(2) ? Input.EnterRecovery("registry timeout") : Input.StartPhase2(_configuration));

    private void RunChecks(string name, int serial)
    {
        CheckOutcome outcome = Rng.Percent(80) ? CheckOutcome.Passed : Rng.Pick(CheckOutcome.ConditionFailed, CheckOutcome.AssertFailed);
        Answer(Rng.Milliseconds(Rng.Percent(5) ? 5_000 : 5), () =>
            Machine.FindService(name) is { } service && Feed(Input.ChecksDone(service, serial, outcome, "path:/c")));
    }

    private void CreateCgroup(string name, string path)
    {
        bool busy = CountLive(path + "/Main") + CountLive(path + "/Hooks") > 0;
        bool fails = Rng.Percent(_chaos / 3);
        Answer(0, () => Machine.FindService(name) is { } service
            && Feed(busy ? Input.CgroupBusy(service) : fails ? Input.CgroupFailed(service, 28) : Input.CgroupReady(service)));
    }

    private void Kill(Service service, CgroupPart part, int serial)
    {
        string cgroup = service.CgroupPath + "/" + part;
        _kills.RemoveAll(kill => kill.Name == service.Name && kill.Part == part);
        _kills.Add((service.Name, part, serial, cgroup));
        foreach (VirtualProcess process in (VirtualProcess[])[.. _processes.Values])
        {
            if (process.Cgroup == cgroup && !process.Unkillable)
            {
                Doom(process, Rng.Milliseconds(20), -1, 9);
            }
        }

        Answer(0, () => ReportEmpty(cgroup));
    }

    private bool ReportEmpty(string cgroup)
    {
        if (CountLive(cgroup) > 0)
        {
            return true;
        }

        foreach ((string name, CgroupPart part, int serial, string path) in _kills.ToArray())
        {
            if (path == cgroup)
            {
                _kills.Remove((name, part, serial, path));
                if (Machine.FindService(name) is { } service)
                {
                    Feed(Input.CgroupEmpty(service, part, serial));
                }
            }
        }

        return true;
    }

    private void RequestToken(Job job)
    {
        bool authd = !string.Equals(job.Identity, "SYSTEM", StringComparison.Ordinal);
        if (authd && _authdHangs)
        {
            return;
        }

        Guid id = job.Id;
        bool refused = Rng.Percent(authd ? _chaos / 2 : _chaos / 6);
        Answer(authd ? Rng.Milliseconds(30) : 0, () => Feed(refused ? Input.TokenFailed(_jobs[id], 111) : Input.TokenReady(_jobs[id])));
    }

    private void Spawn(Guid id)
    {
        bool fails = Rng.Percent(_chaos / 4);
        Answer(0, () =>
        {
            Job job = _jobs[id];
            if (fails)
            {
                return Feed(Input.SpawnFailed(job, 11));
            }

            VirtualProcess process = new()
            {
                Pid = _nextPid++,
                Job = id,
                Type = job.Type,
                Cgroup = job.CgroupPath + "/" + job.Part,
                Unkillable = Rng.Percent(_chaos / 8),
                IgnoresTerm = Rng.Percent(_chaos),
                ReloadHabit = Rng.Below(4),
            };
            _processes[process.Pid] = process;
            Live(process, job);
            return Feed(Input.Spawned(job, process.Pid));
        });
    }

    /// <summary>Plans the life of a process that was just forked.</summary>
    private void Live(VirtualProcess process, Job job)
    {
        int trouble = Rng.Percent(_chaos) ? Rng.Below(6) : -1;
        bool lateVerdict = Rng.Percent(20);
        if (trouble == 0)
        {
            Answer(Rng.Milliseconds(5), () => !process.Gone && Feed(Input.ExecFailed(_jobs[process.Job], 9, 2)));
            Doom(process, 5_000_000 + Rng.Milliseconds(5), 127, 0);
            return;
        }

        Answer(lateVerdict ? Rng.Milliseconds(40) : 0, () => !process.Gone && Feed(Input.ExecSucceeded(_jobs[process.Job])));
        if (job.Type != JobType.ServiceMain || job.Definition.Type == ServiceType.Oneshot)
        {
            int code = trouble is 1 or 2 ? 1 + Rng.Below(4) : 0;
            if (trouble != 3)
            {
                Doom(process, Rng.Milliseconds(Rng.Percent(10) ? 8_000 : 100), code, 0);
            }

            return;
        }

        if (trouble != 4)
        {
            At(Rng.Milliseconds(Rng.Percent(10) ? 8_000 : 200), () => Notify(process, new NotifyFields { Ready = true, Status = "up" }));
        }

        if (trouble is 1 or 2)
        {
            Doom(process, Rng.Milliseconds(trouble == 1 ? 20 : 60_000), Rng.Below(3), 0);
        }

        if (job.Definition.WatchdogTimeout > 0 && trouble != 5)
        {
            Ping(process);
        }

        if (Rng.Percent(5))
        {
            At(Rng.Milliseconds(90_000), () => Notify(process, new NotifyFields
            {
                Stopping = Rng.Percent(30), ExtendMicroseconds = (ulong)Rng.Below(20_000_000), WatchdogMicroseconds = Rng.Percent(20) ? 0 : null,
            }));
        }
    }

    private void Ping(VirtualProcess process) => At(Second, () =>
    {
        if (process.Gone)
        {
            return false;
        }

        Ping(process);
        return Notify(process, new NotifyFields { Watchdog = true });
    });

    private bool Notify(VirtualProcess process, NotifyFields fields)
    {
        if (process.Gone)
        {
            return false;
        }

        bool stranger = Rng.Percent(2);
        process.SaidStopping |= fields.Stopping && !stranger;
        return Feed(Input.Notify(stranger ? 1 : process.Pid, fields));
    }

    /// <summary>Plans the end of a process; what it leaves behind stays in its cgroup.</summary>
    private void Doom(VirtualProcess process, long delay, int code, int signal)
    {
        At(delay, () =>
        {
            if (process.Gone)
            {
                return false;
            }

            process.Gone = true;
            if (signal == 0 && Rng.Percent(10))
            {
                LeaveBehind(process.Cgroup);
            }

            bool emptyFirst = Rng.Percent(50);
            if (emptyFirst)
            {
                ReportEmpty(process.Cgroup);
            }

            _processes.Remove(process.Pid);
            Feed(Input.ChildExited(process.Pid, signal == 0 ? code : -1, signal));
            return ReportEmpty(process.Cgroup);
        });
    }

    private void LeaveBehind(string cgroup)
    {
        VirtualProcess child = new()
        {
            Pid = _nextPid++, Job = Guid.Empty, Type = JobType.ServiceMain, Cgroup = cgroup, Unkillable = Rng.Percent(_chaos / 8),
        };
        _processes[child.Pid] = child;
    }

    private void Signal(Job job, int number)
    {
        if (!_processes.TryGetValue(job.Pid, out VirtualProcess? process))
        {
            return;
        }

        _invariants.Signalled(process, number);
        if (number == 15 && !process.IgnoresTerm)
        {
            if (Rng.Percent(10))
            {
                At(0, () => Notify(process, new NotifyFields { Stopping = true, ExtendMicroseconds = 3_000_000 }));
            }

            Doom(process, Rng.Milliseconds(Rng.Percent(20) ? 12_000 : 50), 0, 0);
        }
        else if (number != 15)
        {
            Reload(process);
        }
    }

    private void Reload(VirtualProcess process)
    {
        if (Rng.Percent(_chaos))
        {
            Doom(process, Rng.Milliseconds(2_000), 1, 0);
        }

        if (process.ReloadHabit >= 2)
        {
            At(Rng.Milliseconds(2_500), () => Notify(process, new NotifyFields { Reloading = true }));
        }

        if (process.ReloadHabit is 1 or 2)
        {
            At(Rng.Milliseconds(4_000), () => Notify(process, new NotifyFields { Ready = true }));
        }
    }

    private Input RandomCommand()
    {
        string name = Rng.Percent(3) ? "missing" : Machine.Services[Rng.Below(Machine.Services.Count)].Name;
        OperationType type = (OperationType)Rng.Below(5);
        long request = _nextRequest++;
        _invariants.Asked(request);
        return Input.Command(request, type, name, Rng.Percent(70), "S-1-5-18");
    }

    private bool ChangeModel()
    {
        List<string> names = [];
        foreach (ServiceDefinition definition in _configuration.Definitions)
        {
            names.Add(definition.Name);
        }

        int index = Rng.Below(names.Count);
        switch (Rng.Below(4))
        {
            case 0:
                return Feed(Input.DefinitionRemoved(names[index]));
            case 1:
                long request = _nextRequest++;
                _invariants.Asked(request);
                return Feed(Input.ReloadConfiguration(RandomDefinitions.Configuration(Rng), request));
            default:
                return Feed(Input.DefinitionChanged(RandomDefinitions.Definition(Rng, names, index, Rng.Percent(30))));
        }
    }

    /// <summary>peinit dies and comes back: what was in flight is lost, processes are not.</summary>
    private bool Crash()
    {
        byte[] model = new byte[1 << 20];
        byte[] state = new byte[1 << 18];
        int modelLength = MachineSnapshot.WriteModel(Machine, model);
        int stateLength = MachineSnapshot.WriteState(Machine, state);
        Machine restored = MachineSnapshot.Read(model.AsSpan(0, modelLength), state.AsSpan(0, stateLength))
            ?? throw new InvalidOperationException("the snapshot cannot be read");
        Machine = restored;
        _generation++;
        _kills.Clear();
        _invariants.Restored();
        _jobs.Clear();
        foreach (Job job in restored.Jobs)
        {
            _jobs[job.Id] = job;
        }

        Reconcile();
        return Feed(Input.Resume());
    }

    /// <summary>What the shell does before it resumes: forks that the snapshot does not know are killed and reaped.</summary>
    private void Reconcile()
    {
        foreach (VirtualProcess process in (VirtualProcess[])[.. _processes.Values])
        {
            if (process.Job != Guid.Empty && (!_jobs.TryGetValue(process.Job, out Job? job) || job.Pid != process.Pid) && !process.Unkillable)
            {
                process.Gone = true;
                _processes.Remove(process.Pid);
            }
        }
    }

    /// <summary>An answer that dies with the peinit that asked.</summary>
    private void Answer(long delay, Func<bool> action)
    {
        int generation = _generation;
        At(delay, () => generation == _generation && action());
    }

    private bool ShutDown()
    {
        if (Rng.Percent(20))
        {
            for (int i = 0; i < Rng.Below(4); i++)
            {
                At(Rng.Milliseconds(6_000), () => Feed(Input.Signal(2)));
            }

            return Feed(Input.Signal(Rng.Pick(2, 15, 1)));
        }

        long request = _nextRequest++;
        _invariants.Asked(request);
        return Feed(Input.Shutdown(request, Rng.Pick(ShutdownType.Poweroff, ShutdownType.Reboot, ShutdownType.Halt)));
    }
}
