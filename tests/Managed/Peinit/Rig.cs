// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Peinit.Core;

namespace Peios.Tests.Peinit;

/// <summary>
/// A machine with an obliging shell: cgroups, tokens, forks and kills are answered at once, unless a test holds an effect
/// back. Processes do nothing by themselves: tests say when they are ready, speak and exit.
/// </summary>
internal sealed class Rig
{
    public const long Second = 1_000_000_000;

    private readonly Queue<Effect> _work = new();
    private int _nextPid = 100;
    private long _nextRequest = 1;

    public Rig(params ServiceDefinition[] definitions)
        : this(new Configuration { Definitions = definitions })
    {
    }

    public Rig(Configuration configuration, bool boot = true)
    {
        Configuration = configuration;
        if (boot)
        {
            Feed(Input.StartPhase1(new ServiceDefinition { Name = "registryd", ImagePath = "/r", Identity = "SYSTEM", Critical = true }, BootMode.Full));
            Ready("registryd");
            Feed(Input.StartPhase2(configuration));
        }
    }

    public Configuration Configuration { get; }

    public Machine Machine { get; set; } = new(42);

    public long Now { get; set; } = 1000 * Second;

    /// <summary>Effects of every step so far, in order.</summary>
    public List<Effect> Effects { get; } = [];

    /// <summary>Effects that the shell does not carry out while it returns true.</summary>
    public Func<Effect, bool> Holds { get; set; } = _ => false;

    /// <summary>All transitions so far, as <c>name Old>New Cause</c>.</summary>
    public List<string> Transitions => [.. Effects.Where(e => e.Kind == EffectKind.Transition).Select(e => $"{e.Service!.Name} {e.From}>{e.To} {e.Cause}")];

    public static ServiceDefinition Simple(string name, bool boot = false) => new()
    {
        Name = name, ImagePath = "/bin/" + name, BootTrigger = boot, Readiness = Readiness.Notify, Identity = "SYSTEM",
    };

    public static ServiceDefinition Oneshot(string name, bool remain = true) =>
        Simple(name) with { Type = ServiceType.Oneshot, RemainAfterExit = remain };

    public Service Service(string name) => Machine.FindService(name)!;

    public ServiceState State(string name) => Service(name).State;

    public void Feed(Input input)
    {
        List<Effect> effects = [];
        Machine.Step(input, new Moment(Now, Now), effects);
        foreach (Effect effect in effects)
        {
            Effects.Add(effect);
            _work.Enqueue(effect);
        }

        while (_work.TryDequeue(out Effect effect))
        {
            if (!Holds(effect))
            {
                Answer(effect);
            }
        }
    }

    /// <summary>Carries out one effect.</summary>
    public void Answer(Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.RunChecks:
                Feed(Input.ChecksDone(effect.Service!, effect.Number, CheckOutcome.Passed, null));
                break;
            case EffectKind.CreateCgroup:
                Feed(Input.CgroupReady(effect.Service!));
                break;
            case EffectKind.RequestToken:
                Feed(Input.TokenReady(effect.Job!));
                break;
            case EffectKind.Spawn:
                Feed(Input.Spawned(effect.Job!, _nextPid++));
                Feed(Input.ExecSucceeded(effect.Job!));
                break;
            case EffectKind.KillCgroup:
                KillAll(effect.Service!, effect.Part);
                Feed(Input.CgroupEmpty(effect.Service!, effect.Part, effect.Number));
                break;
        }
    }

    public void Advance(double seconds)
    {
        long end = Now + (long)(seconds * Second);
        while (Machine.NextDeadline <= end)
        {
            Now = Math.Max(Now, Machine.NextDeadline);
            Feed(Input.Tick());
        }

        Now = end;
    }

    /// <summary>Sends a command; the reply is found with <see cref="ReplyTo"/>.</summary>
    public long Command(OperationType type, string name, bool wait = true)
    {
        long request = _nextRequest++;
        Feed(Input.Command(request, type, name, wait, "S-1-5-18"));
        return request;
    }

    public long Start(string name) => Command(OperationType.Start, name);

    public long Stop(string name) => Command(OperationType.Stop, name);

    public Effect? ReplyTo(long request)
    {
        List<Effect> replies = [.. Effects.Where(e => e.Kind == EffectKind.Reply && e.Request == request)];
        return replies.Count == 0 ? null : replies.Single();
    }

    public void Ready(string name) => Notify(name, new NotifyFields { Ready = true });

    public void Notify(string name, NotifyFields fields) => Feed(Input.Notify(Service(name).MainJob!.Pid, fields));

    /// <summary>Starts a service and makes it ready.</summary>
    public void Up(string name)
    {
        Start(name);
        Ready(name);
    }

    public void Exit(string name, int code = 0, int signal = 0) =>
        Feed(Input.ChildExited(Service(name).MainJob!.Pid, signal == 0 ? code : -1, signal));

    public void ExitHook(string name, int code = 0) => Feed(Input.ChildExited(Service(name).HookJob!.Pid, code, 0));

    public int Count(EffectKind kind, string? name = null) => Effects.Count(e => e.Kind == kind && (name is null || e.Service?.Name == name));

    public List<Effect> Of(EffectKind kind) => [.. Effects.Where(e => e.Kind == kind)];

    public List<LogMessage> Logged(string? name = null) =>
        [.. Effects.Where(e => e.Kind == EffectKind.Log && (name is null || e.Service?.Name == name)).Select(e => e.Message)];

    private void KillAll(Service service, CgroupPart part)
    {
        foreach (Job job in Machine.Jobs.ToArray())
        {
            if (job.Service == service && job.Part == part && job.Pid > 0)
            {
                Feed(Input.ChildExited(job.Pid, -1, 9));
            }
        }
    }
}
