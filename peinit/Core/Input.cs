// SPDX-License-Identifier: MIT
using System;

namespace Peinit.Core;

/// <summary>
/// One thing that happened, with what is known about it. The shell makes these; <see cref="Machine.Step"/> consumes
/// them one at a time. Making one allocates nothing.
/// <para>Answers to effects may come at any later step, but at most once, and results of one job in their order:
/// token, fork, exec, exit. An answer that nobody waits for any more is ignored.</para>
/// </summary>
public readonly struct Input
{
    /// <summary>What happened.</summary>
    public InputKind Kind { get; private init; }

    internal object? Subject { get; private init; }

    internal string? Text { get; private init; }

    internal string? Caller { get; private init; }

    internal int Number { get; private init; }

    internal int Step { get; private init; }

    internal long Request { get; private init; }

    internal bool Wait { get; private init; }

    internal NotifyFields Fields { get; private init; }

    /// <summary>
    /// The time of <see cref="Machine.NextDeadline"/> has come. Deadlines act on this input only: the shell sends it last in
    /// a loop iteration, so that a WATCHDOG=1 that is waiting in a socket counts before the watchdog does.
    /// </summary>
    public static Input Tick() => default;

    /// <summary>Phase 1 step 4: start registryd from its compiled-in definition. Producer: EarlyBoot.</summary>
    /// <param name="registryd">The compiled-in definition.</param>
    /// <param name="mode">Recovery when it was decided before (counter, command line).</param>
    public static Input StartPhase1(ServiceDefinition registryd, BootMode mode) =>
        new() { Kind = InputKind.StartPhase1, Subject = registryd, Number = (int)mode };

    /// <summary>Phase 2: the load succeeded. Producer: ServiceBoot, from the worker. Ignored in Recovery.</summary>
    public static Input StartPhase2(Configuration configuration) =>
        new() { Kind = InputKind.StartPhase2, Subject = configuration };

    /// <summary>A step outside the core failed (probe, load timeout, mount). Producer: EarlyBoot, ServiceBoot.</summary>
    /// <param name="reason">For the console, in plain words.</param>
    public static Input EnterRecovery(string reason) => new() { Kind = InputKind.EnterRecovery, Text = reason };

    /// <summary>reload-config by a client, or by peinit itself after a watch overflow (PEINIT-165, PEINIT-402).</summary>
    /// <param name="configuration">The complete new model.</param>
    /// <param name="request">The client's request, 0 for peinit itself.</param>
    public static Input ReloadConfiguration(Configuration configuration, long request) =>
        new() { Kind = InputKind.ReloadConfiguration, Subject = configuration, Request = request };

    /// <summary>A watch said that a definition changed, and it was read again (PEINIT-166). Producer: DefinitionWatch.</summary>
    public static Input DefinitionChanged(ServiceDefinition definition) =>
        new() { Kind = InputKind.DefinitionChanged, Subject = definition };

    /// <summary>A watch said that a definition is gone (PEINIT-167). Producer: DefinitionWatch.</summary>
    public static Input DefinitionRemoved(string name) => new() { Kind = InputKind.DefinitionRemoved, Text = name };

    /// <summary>Answer to <see cref="EffectKind.RunChecks"/>. Producer: the I/O worker.</summary>
    /// <param name="service">The service of the effect.</param>
    /// <param name="serial">The effect's <see cref="Effect.Number"/>.</param>
    /// <param name="outcome">The verdict.</param>
    /// <param name="entry">Text of the entry that failed, or null.</param>
    public static Input ChecksDone(Service service, int serial, CheckOutcome outcome, string? entry) =>
        new() { Kind = InputKind.ChecksDone, Subject = service, Number = serial, Step = (int)outcome, Text = entry };

    /// <summary>Answer to <see cref="EffectKind.CreateCgroup"/>: the tree at <see cref="Service.CgroupPath"/> stands and is empty.</summary>
    public static Input CgroupReady(Service service) => new() { Kind = InputKind.CgroupReady, Subject = service };

    /// <summary>Answer to CreateCgroup: the old tree is there and will not go; the core asks again with the next generation (PEINIT-171).</summary>
    public static Input CgroupBusy(Service service) => new() { Kind = InputKind.CgroupBusy, Subject = service };

    /// <summary>Answer to CreateCgroup: it cannot be made.</summary>
    /// <param name="service">The service of the effect.</param>
    /// <param name="errno">Positive errno.</param>
    public static Input CgroupFailed(Service service, int errno) =>
        new() { Kind = InputKind.CgroupFailed, Subject = service, Number = errno };

    /// <summary>
    /// Answer to <see cref="EffectKind.KillCgroup"/>: <c>populated 0</c> was read after the kill. Sent once per effect,
    /// at once if it holds already. A sub-cgroup that was never made is empty.
    /// </summary>
    /// <param name="service">The service of the effect.</param>
    /// <param name="part">The part of the effect.</param>
    /// <param name="serial">The effect's <see cref="Effect.Number"/>.</param>
    public static Input CgroupEmpty(Service service, CgroupPart part, int serial) =>
        new() { Kind = InputKind.CgroupEmpty, Subject = service, Step = (int)part, Number = serial };

    /// <summary>Answer to <see cref="EffectKind.RequestToken"/>: the shell keeps the token until Spawn or the job's end.</summary>
    public static Input TokenReady(Job job) => new() { Kind = InputKind.TokenReady, Subject = job };

    /// <summary>Answer to RequestToken: minting failed, authd refused, or cannot be reached.</summary>
    /// <param name="job">The job of the effect.</param>
    /// <param name="errno">Positive errno; ECONNREFUSED when authd is not there.</param>
    public static Input TokenFailed(Job job, int errno) => new() { Kind = InputKind.TokenFailed, Subject = job, Number = errno };

    /// <summary>Answer to <see cref="EffectKind.Spawn"/>: clone3 returned. Sent before anything else about that child.</summary>
    public static Input Spawned(Job job, int pid) => new() { Kind = InputKind.Spawned, Subject = job, Number = pid };

    /// <summary>Answer to Spawn: no child exists (pipes or clone3 failed).</summary>
    /// <param name="job">The job of the effect.</param>
    /// <param name="errno">Positive errno.</param>
    public static Input SpawnFailed(Job job, int errno) => new() { Kind = InputKind.SpawnFailed, Subject = job, Number = errno };

    /// <summary>The error pipe ended without a record, and the child runs or ended by exit (PEINIT-185, HAZ-035).</summary>
    public static Input ExecSucceeded(Job job) => new() { Kind = InputKind.ExecSucceeded, Subject = job };

    /// <summary>
    /// The error pipe carried a record, or ended while the child was already dead by a signal (step 0, EIO).
    /// Sent before that child's <see cref="ChildExited"/> (PEINIT-187).
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="step">Step number of PEINIT-188.</param>
    /// <param name="errno">Positive errno.</param>
    public static Input ExecFailed(Job job, int step, int errno) =>
        new() { Kind = InputKind.ExecFailed, Subject = job, Step = step, Number = errno };

    /// <summary>A child was reaped, after the notify socket was drained (HAZ-041). Unknown pids are adopted orphans.</summary>
    /// <param name="pid">Its pid.</param>
    /// <param name="code">Exit code, or -1 when a signal ended it.</param>
    /// <param name="signal">The signal, or 0.</param>
    public static Input ChildExited(int pid, int code, int signal) =>
        new() { Kind = InputKind.ChildExited, Number = pid, Step = code, Request = signal };

    /// <summary>A notify datagram, with the kernel's word for its sender (PEINIT-429). The core knows which pids may speak.</summary>
    public static Input Notify(int pid, NotifyFields fields) =>
        new() { Kind = InputKind.Notify, Number = pid, Fields = fields };

    /// <summary>A lifecycle command whose syntax, service and access were checked (PEINIT-382). Answered by <see cref="EffectKind.Reply"/>.</summary>
    /// <param name="request">Identifies the request in the reply; not 0.</param>
    /// <param name="type">The command.</param>
    /// <param name="service">Name of the service.</param>
    /// <param name="wait">Whether the reply waits for the goal.</param>
    /// <param name="caller">User SID of the peer, for events.</param>
    public static Input Command(long request, OperationType type, string service, bool wait, string? caller) =>
        new() { Kind = InputKind.Command, Request = request, Step = (int)type, Text = service, Wait = wait, Caller = caller };

    /// <summary>The shutdown command, after its access check. Answered at once (PEINIT-401).</summary>
    public static Input Shutdown(long request, ShutdownType type) =>
        new() { Kind = InputKind.Shutdown, Request = request, Number = (int)type };

    /// <summary>A signal from the signalfd: 2 (SIGINT) and 15 (SIGTERM) act, all others are ignored (PEINIT-355).</summary>
    public static Input Signal(int number) => new() { Kind = InputKind.Signal, Number = number };

    /// <summary>
    /// After a restore and after the shell reconciled cgroups and pids with <see cref="Machine.Jobs"/> (HAZ-037): every
    /// effect whose answer is outstanding is requested again.
    /// </summary>
    public static Input Resume() => new() { Kind = InputKind.Resume };
}
