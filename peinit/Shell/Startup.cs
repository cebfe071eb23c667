// SPDX-License-Identifier: MIT
using System;
using Peinit.Boot;
using Peinit.Core;
using Peinit.Launch;
using Peinit.Notify;
using Peinit.Output;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>Puts the parts together and runs the loop.</summary>
internal static class Startup
{
    // Bit n-1 for signal n: all but KILL, STOP, the fatal ones and the runtime's 32 to 34.
    private const ulong Signals64 = 0x0000_0000_7FFF_FFFF & ~((1UL << 8) | (1UL << 18) | (1UL << 10) | (1UL << 6)
        | (1UL << 7) | (1UL << 3) | (1UL << 4) | (1UL << 5) | (1UL << 30));

    /// <summary>Where the binary is when /proc/self/exe cannot be used.</summary>
    internal const string BinaryPath = "/sbin/peinit";

    private const ulong StableNanoseconds = 60_000_000_000;

    /// <summary>Does not return as long as the loop runs.</summary>
    internal static Errno Run(PeinitLog log, EarlyBootResult boot, CrashGuard.PreviousLife previous)
    {
        if (!EventLoop.Create().TryGet(out EventLoop? loop, out Errno error))
        {
            return error;
        }

        SystemConsole.Attach(loop);
        Handover? handover = OpenHandover(log, previous, out Machine? restored);
        Supervisor supervisor = new(loop, restored ?? NewMachine(), log, boot) { Handover = handover };
        error = Wire(supervisor);
        if (!error.Ok)
        {
            return error;
        }

        handover?.Attach(supervisor);
        loop.Schedule(new StableTimer(), Clock.Monotonic + StableNanoseconds);
        if (restored is not null)
        {
            Continue(supervisor, handover!, previous);
        }
        else
        {
            Begin(supervisor, previous.State is null ? boot.Reason : "peinit crashed and its state could not be restored");
        }

        supervisor.Pump();
        return Forever(supervisor);
    }

    private static void Begin(Supervisor supervisor, string? recovery)
    {
        supervisor.Post(Input.StartPhase1(ServiceBoot.Registryd, recovery is null ? BootMode.Full : BootMode.Recovery));
        if (recovery is not null)
        {
            supervisor.Boots.EnterRecovery(recovery);
        }
    }

    // The sockets are made anew under their old names; clients connect again (HAZ-036).
    private static void Continue(Supervisor supervisor, Handover handover, CrashGuard.PreviousLife previous)
    {
        supervisor.Log.Error($"peinit was executed again after signal {previous.Signal} (crash {previous.Crashes})");
        supervisor.Log.OnConsole = supervisor.Machine.IsShuttingDown;
        new Reconciliation(supervisor, handover).Run();
        if (supervisor.Machine.Mode == BootMode.Recovery)
        {
            supervisor.Boots.EnterRecovery("peinit crashed in Recovery mode");
        }
        else
        {
            string? failure = supervisor.Boots.OpenControlSocket();
            Report(supervisor, failure);
            // What changed while nobody watched counts as a watch that lost count (PEINIT-165).
            supervisor.Configuration.Reload(0);
        }

        supervisor.ReapChildren();
        supervisor.Post(Input.Resume());
        if (supervisor.Machine.FindService("eventd") is Service { State: ServiceState.Active or ServiceState.Reloading } eventd)
        {
            supervisor.Effects.Eventd.Begin(eventd);
        }
    }

    private static Handover? OpenHandover(PeinitLog log, CrashGuard.PreviousLife previous, out Machine? restored)
    {
        restored = null;
        Result<Handover> opened = previous.State is null ? Handover.Create() : Handover.Map(previous.State);
        if (!opened.TryGet(out Handover? handover, out Errno error))
        {
            log.Error($"no state can be kept for a crash of peinit: {error}");
            return null;
        }

        restored = previous.State is null ? null : handover.Restore();
        error = CrashGuard.HandOver(BinaryPath, handover.Memory);
        if (!error.Ok)
        {
            log.Error($"the crash guard cannot be armed: {error}");
        }

        return handover;
    }

    private static Machine NewMachine()
    {
        Span<byte> seed = stackalloc byte[16];
        _ = Memory.Random(seed);
        return new Machine(BitConverter.ToUInt128(seed));
    }

    private static Errno Wire(Supervisor supervisor)
    {
        if (!Signals.OpenMask(Signals64).TryGet(out Fd? signals, out Errno error)
            || !IoWorker.Create(supervisor).TryGet(out IoWorker? worker, out error)
            || !Files.Open("/dev/null", Files.ReadWrite).TryGet(out Fd? devNull, out error))
        {
            return error;
        }

        supervisor.Worker = worker;
        Cgroup cgroups = new(Cgroup.DefaultRoot);
        Report(supervisor, "the root of the service cgroups", cgroups.MakeRoot());
        // In Recovery there may be no kernel module; then nothing gets a token, and nothing but the shell is started.
        _ = KacsDevice.Open().TryGet(out KacsDevice? device);
        TokenSource tokens = new(supervisor, device, new AuthdClient(supervisor, AuthdClient.DefaultPath));
        supervisor.Launcher = new Launcher(supervisor, tokens, cgroups, devNull);
        supervisor.Events = new EventReporter(supervisor.Log);
        supervisor.Boots = new ServiceBoot(supervisor);
        supervisor.Configuration = new ConfigurationLoader(supervisor);
        supervisor.Effects = new EffectRunner(supervisor);
        Result<NotifySocket> notify = NotifySocket.Create(supervisor, NotifySocket.Path);
        supervisor.Notify = notify.TryGet(out NotifySocket? socket) ? socket : null;
        Report(supervisor, "the notify socket", notify.Error);

        error = supervisor.Loop.Add(new SignalSource(supervisor, signals), LoopEvents.Readable);
        error = error.Ok ? supervisor.Loop.Add(worker, LoopEvents.Readable) : error;
        return error.Ok && socket is not null ? supervisor.Loop.Add(socket, LoopEvents.Readable) : error;
    }

    private static void Report(Supervisor supervisor, string? failure)
    {
        if (failure is not null)
        {
            supervisor.Log.Error(failure);
        }
    }

    private static void Report(Supervisor supervisor, string what, Errno error)
    {
        if (!error.Ok)
        {
            supervisor.Log.Error($"{what} cannot be made: {error}");
        }
    }

    // An exception outside every source would be one in the loop itself: log it, go on.
    private static Errno Forever(Supervisor supervisor)
    {
        for (; ; )
        {
            try
            {
                Errno error = supervisor.Loop.Run();
                if (!error.Ok)
                {
                    return error;
                }
            }
            catch (Exception e)
            {
                supervisor.ReportFault("the loop", e);
            }
        }
    }

    // Five crashes in a row end in a shell; a minute without one starts the count anew (HAZ-037).
    private sealed class StableTimer : LoopTimer
    {
        public override void Expired(EventLoop loop, ulong now)
        {
            CrashGuard.Stable();
            MemoryTrim.Now();
        }
    }
}
