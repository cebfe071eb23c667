// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;

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
    private readonly List<(string Name, CgroupPart Part, int Serial, string Cgroup)> _kills = [];
    private readonly List<Effect> _effects = [];
    private readonly Habits _habits;
    private readonly Disturbances _disturbances;
    private readonly bool _authdHangs;
    private long _order;
    private long _now;
    private int _nextPid = 100;
    private int _generation;

    /// <summary>Prepares a boot.</summary>
    public World(ulong seed)
    {
        Rng = new Rng(seed);
        Machine = new Machine(seed);
        Chaos = Rng.Pick(0, 3, 10, 30);
        _authdHangs = Rng.Percent(5);
        Configuration = RandomDefinitions.Configuration(Rng);
        Invariants = new Invariants(this, Configuration);
        _habits = new Habits(this);
        _disturbances = new Disturbances(this);
    }

    /// <summary>Faults in a hundred occasions.</summary>
    public int Chaos { get; }

    /// <summary>The model of the boot.</summary>
    public Configuration Configuration { get; }

    /// <summary>What judges every step.</summary>
    public Invariants Invariants { get; }

    /// <summary>Live processes by pid.</summary>
    public Dictionary<int, VirtualProcess> Processes { get; } = [];

    /// <summary>Jobs that the machine in force has made, by GUID.</summary>
    public Dictionary<Guid, Job> Jobs { get; } = [];

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
        foreach (VirtualProcess process in Processes.Values)
        {
            live += !process.Gone && process.Cgroup == cgroup ? 1 : 0;
        }

        return live;
    }

    /// <summary>Live processes in a cgroup that SIGKILL would have ended; the others may be what an Abandoned service left.</summary>
    public int CountKillable(string cgroup)
    {
        int live = 0;
        foreach (VirtualProcess process in Processes.Values)
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
            At(Rng.Milliseconds(120_000), () => Feed(_disturbances.RandomCommand()));
        }

        for (int i = Rng.Percent(30) ? Rng.Below(6) : 0; i > 0; i--)
        {
            At(Rng.Milliseconds(120_000), _disturbances.ChangeModel);
        }

        for (int i = Rng.Percent(40) ? 1 + Rng.Below(4) : 0; i > 0; i--)
        {
            At(Rng.Milliseconds(Rng.Percent(50) ? 2_000 : 90_000), _disturbances.Crash);
        }

        long shutdown = Rng.Percent(30) ? Rng.Milliseconds(2_000) : Rng.Milliseconds(200_000);
        At(shutdown, _disturbances.ShutDown);
        At(400 * Second, () => Feed(Input.Signal(15)));
        while (!Machine.IsFinished && TakeNext())
        {
            Steps++;
            if (Steps > 200_000)
            {
                throw new InvalidOperationException("the boot never ends");
            }
        }

        Invariants.AtEnd();
    }

    /// <summary>Plans something.</summary>
    public void At(long delay, Func<bool> action) => _events.Enqueue(action, (_now + delay, _order++));

    private bool TakeNext()
    {
        long deadline = Machine.NextDeadline;
        bool any = _events.TryPeek(out Func<bool>? action, out (long At, long Order) when);
        if (!any && deadline == long.MaxValue)
        {
            Invariants.AtRest();
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

    /// <summary>Feeds one input to the machine, and carries out what it asks for.</summary>
    public bool Feed(Input input)
    {
        _effects.Clear();
        Machine.Step(input, new Moment(_now, Epoch + _now), _effects);
        Effect[] effects = [.. _effects];
        Trace?.Invoke($"{_now / 1e9:F3} {input.Kind}");
        foreach (Effect effect in effects)
        {
            Trace?.Invoke("    " + Describe(effect));
        }

        Invariants.AfterStep(effects);
        foreach (Effect effect in effects)
        {
            Execute(effect);
        }

        return true;
    }

    /// <summary>A pid that nobody had before.</summary>
    public int NextPid() => _nextPid++;

    /// <summary>peinit has died and come back: what it waited for is lost, processes are not.</summary>
    public void Replace(Machine restored)
    {
        Machine = restored;
        _generation++;
        _kills.Clear();
        Invariants.Restored();
        Jobs.Clear();
        foreach (Job job in restored.Jobs)
        {
            Jobs[job.Id] = job;
        }
    }

    private static string Describe(in Effect effect) => effect.Kind is EffectKind.Transition or EffectKind.Log
        ? LogText.Text(effect)
        : $"{effect.Kind} {effect.Service?.Name} {effect.Operation?.Type} {effect.Operation?.Source} {effect.Operation?.State} {effect.Job?.Type} {effect.Part} {effect.Number}";

    private void Execute(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.JobCreated:
                Jobs[effect.Job!.Id] = effect.Job;
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
                _habits.Signal(effect.Job!, effect.Number);
                break;
            case EffectKind.Phase1Ready:
                Answer(Rng.Milliseconds(50), LoadModel);
                break;
        }
    }

    private bool LoadModel() =>
        Feed(Rng.Percent(2) ? Input.EnterRecovery("registry timeout") : Input.StartPhase2(Configuration));

    private void RunChecks(string name, int serial)
    {
        CheckOutcome outcome = Rng.Percent(80) ? CheckOutcome.Passed : Rng.Pick(CheckOutcome.ConditionFailed, CheckOutcome.AssertFailed);
        Answer(Rng.Milliseconds(Rng.Percent(5) ? 5_000 : 5), () =>
            Machine.FindService(name) is { } service && Feed(Input.ChecksDone(service, serial, outcome, "path:/c")));
    }

    private void CreateCgroup(string name, string path)
    {
        bool busy = CountLive(path + "/Main") + CountLive(path + "/Hooks") > 0;
        bool fails = Rng.Percent(Chaos / 3);
        Answer(0, () => Machine.FindService(name) is { } service
            && Feed(busy ? Input.CgroupBusy(service) : fails ? Input.CgroupFailed(service, 28) : Input.CgroupReady(service)));
    }

    private void Kill(Service service, CgroupPart part, int serial)
    {
        string cgroup = service.CgroupPath + "/" + part;
        _kills.RemoveAll(kill => kill.Name == service.Name && kill.Part == part);
        _kills.Add((service.Name, part, serial, cgroup));
        foreach (VirtualProcess process in (VirtualProcess[])[.. Processes.Values])
        {
            if (process.Cgroup == cgroup && !process.Unkillable)
            {
                _habits.Doom(process, Rng.Milliseconds(20), -1, 9);
            }
        }

        Answer(0, () => ReportEmpty(cgroup));
    }

    /// <summary>Reports a cgroup that was killed and is empty now.</summary>
    public bool ReportEmpty(string cgroup)
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
        bool refused = Rng.Percent(authd ? Chaos / 2 : Chaos / 6);
        Answer(authd ? Rng.Milliseconds(30) : 0, () => Feed(refused ? Input.TokenFailed(Jobs[id], 111) : Input.TokenReady(Jobs[id])));
    }

    private void Spawn(Guid id)
    {
        bool fails = Rng.Percent(Chaos / 4);
        Answer(0, () =>
        {
            Job job = Jobs[id];
            if (fails)
            {
                return Feed(Input.SpawnFailed(job, 11));
            }

            VirtualProcess process = new()
            {
                Pid = NextPid(),
                Job = id,
                Type = job.Type,
                Cgroup = job.CgroupPath + "/" + job.Part,
                Unkillable = Rng.Percent(Chaos / 8),
                IgnoresTerm = Rng.Percent(Chaos),
                ReloadHabit = Rng.Below(4),
            };
            Processes[process.Pid] = process;
            _habits.Live(process, job);
            return Feed(Input.Spawned(job, process.Pid));
        });
    }

    /// <summary>An answer that dies with the peinit that asked.</summary>
    public void Answer(long delay, Func<bool> action)
    {
        int generation = _generation;
        At(delay, () => generation == _generation && action());
    }
}
