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

    /// <summary>Does not return as long as the loop runs.</summary>
    internal static Errno Run(PeinitLog log, EarlyBootResult boot, CrashGuard.PreviousLife previous)
    {
        if (!EventLoop.Create().TryGet(out EventLoop? loop, out Errno error))
        {
            return error;
        }

        Supervisor supervisor = new(loop, NewMachine(), log, boot);
        error = Wire(supervisor);
        if (!error.Ok)
        {
            return error;
        }

        supervisor.Post(Input.StartPhase1(ServiceBoot.Registryd, boot.Mode));
        if (boot.Reason is not null)
        {
            supervisor.Boots.EnterRecovery(boot.Reason);
        }

        supervisor.Pump();
        return Forever(supervisor);
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
}
