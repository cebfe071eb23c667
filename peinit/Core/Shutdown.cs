// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>
/// Going down (PEINIT-354 to 368): services stop in reverse dependency waves, the platform daemons last and one after
/// the other; what is still there at ShutdownTimeout is killed; then the shell unmounts and reboots.
/// </summary>
internal sealed class Shutdown(Machine machine)
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private const long ForceWindow = 5 * Duration.Second;
    private const long KillWait = 5 * Duration.Second;

    private static readonly string[] PlatformDaemons = ["eventd", "authd", "lpsd", "registryd"];

    private readonly Deadline _deadline = new(DeadlineKind.Shutdown, null);
    private long _lastInterrupt = long.MinValue;
    private long _interruptBefore = long.MinValue;
    private bool _advance;

    /// <summary>The shutdown flag.</summary>
    public bool IsRunning { get; set; }

    /// <summary>The accepted type.</summary>
    public ShutdownType Type { get; set; }

    /// <summary>ShutdownTimeout is over and everything was killed.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>The deadline, for the snapshot.</summary>
    public Deadline Deadline => _deadline;

    /// <summary>No timeout is extended beyond this (PEINIT-251).</summary>
    public long Limit => IsRunning && _deadline.IsArmed ? _deadline.At : long.MaxValue;

    /// <summary>The shutdown command.</summary>
    public void Requested(long request, ShutdownType type)
    {
        bool refused = IsRunning;
        machine.Emit(new Effect { Kind = EffectKind.Reply, Request = request, Code = refused ? ReplyCode.ShuttingDown : ReplyCode.Ok, Number = (int)type });
        Begin(type);
    }

    /// <summary>SIGINT and SIGTERM act, every other signal is ignored (PEINIT-355).</summary>
    public void Signalled(int signal)
    {
        if (IsThirdInterrupt(signal))
        {
            machine.Finish(new Effect { Kind = EffectKind.ForceReboot });
        }
        else if (signal is SigInt or SigTerm)
        {
            Begin(signal == SigInt ? ShutdownType.Reboot : ShutdownType.Poweroff);
        }
    }

    /// <summary>Remembers a SIGINT; true for the third within five seconds (PEINIT-356).</summary>
    public bool IsThirdInterrupt(int signal)
    {
        if (signal != SigInt)
        {
            return false;
        }

        long now = machine.Now.Monotonic;
        bool third = _interruptBefore != long.MinValue && now - _interruptBefore <= ForceWindow;
        _interruptBefore = _lastInterrupt;
        _lastInterrupt = now;
        return third;
    }

    /// <summary>A service has no process any more: those that waited for it may stop.</summary>
    public void AfterDown(Service service)
    {
        if (service.IsBlocker)
        {
            service.IsBlocker = false;
            CountBlockers(service, -1);
        }

        _advance |= IsRunning;
    }

    /// <summary>Stops the next wave, or ends the shutdown when nothing is left.</summary>
    public void AfterStep()
    {
        while (_advance && !machine.IsFinished)
        {
            _advance = false;
            Advance();
        }
    }

    /// <summary>ShutdownTimeout is over: everything that is left is killed, whatever its turn (PEINIT-358, step 5).</summary>
    public void TimeOver()
    {
        if (IsOverdue)
        {
            Finish();
            return;
        }

        IsOverdue = true;
        machine.Log(LogLevel.Error, LogMessage.ShutdownTimeout, null);
        machine.Deadlines.Arm(_deadline, Duration.After(machine.Now.Monotonic, KillWait + Duration.Second));
        foreach (Service service in machine.Model.Services)
        {
            if (service.State is ServiceState.Active or ServiceState.Reloading)
            {
                machine.Stopping.Begin(service, StopReason.Shutdown, Trigger.ShutdownTakes, Cause.ShutdownWave);
            }

            if (service.State == ServiceState.Stopping && !machine.Stopping.IsDraining(service))
            {
                machine.Stopping.Drain(service, Cause.None);
            }
        }
    }

    /// <summary>Takes up the waves of a restored shutdown.</summary>
    public void Restore()
    {
        if (IsRunning)
        {
            CountAllBlockers();
            _advance = true;
        }
    }

    /// <summary>Writes how far the shutdown has come.</summary>
    public void WriteTo(ref ByteWriter writer)
    {
        writer.Flag(IsRunning);
        writer.U8((byte)Type);
        writer.Flag(IsOverdue);
        writer.I64(_lastInterrupt);
        writer.I64(_interruptBefore);
        writer.Deadline(_deadline);
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    public void ReadFrom(ref ByteReader reader)
    {
        IsRunning = reader.Flag();
        Type = (ShutdownType)reader.Upto((int)ShutdownType.Halt);
        IsOverdue = reader.Flag();
        _lastInterrupt = reader.I64();
        _interruptBefore = reader.I64();
        reader.Deadline(_deadline, machine.Deadlines);
    }

    private static int PlatformRank(Service service)
    {
        for (int i = 0; i < PlatformDaemons.Length; i++)
        {
            if (string.Equals(PlatformDaemons[i], service.Name, System.StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private void Begin(ShutdownType type)
    {
        if (IsRunning)
        {
            machine.Log(LogLevel.Info, LogMessage.ShutdownAlreadyRunning, null, null, (int)type);
            return;
        }

        IsRunning = true;
        Type = type;
        machine.Log(LogLevel.Info, LogMessage.ShutdownStarted, null, null, (int)type);
        if (machine.Mode == BootMode.Recovery)
        {
            // PEINIT-077: no stop order in Recovery.
            Finish();
            return;
        }

        machine.Deadlines.Disarm(machine.Boot.Grace);
        machine.Deadlines.Arm(_deadline, Duration.After(machine.Now.Monotonic, Duration.Seconds(machine.Model.ShutdownTimeout)));
        foreach (Service service in machine.Model.Services)
        {
            machine.Operations.CancelAll(service);
        }

        CountAllBlockers();
        foreach (Service service in machine.Model.Services)
        {
            TakeDown(service);
        }

        _advance = true;
    }

    /// <summary>Steps 3 and the Starting part of step 4: what needs no order.</summary>
    private void TakeDown(Service service)
    {
        switch (service.State)
        {
            case ServiceState.Completed:
                service.StopReason = StopReason.Shutdown;
                if (service.Phase == ActivationPhase.PostHook)
                {
                    machine.Hooks.EndPostHooks(service);
                }
                else if (service.Phase != ActivationPhase.PostHookDrain)
                {
                    machine.Prerequisites.Forget(service);
                    machine.Stopping.ClearCompleted(service);
                }

                break;
            case ServiceState.Active or ServiceState.Reloading:
                // It waits for its wave, but nothing more is forked for it.
                machine.JobTable.EndUnborn(service.ReloadJob);
                if (service.Phase == ActivationPhase.PostHook)
                {
                    machine.Hooks.EndPostHooks(service);
                }

                break;
            case ServiceState.Starting when machine.Stopping.IsDraining(service):
                service.DrainCause = Cause.ShutdownWave;
                break;
            case ServiceState.Starting:
                machine.Prerequisites.Forget(service);
                machine.Stopping.Fail(service, Cause.ShutdownWave);
                break;
            case ServiceState.Stopping:
                service.StopReason = service.StopReason == StopReason.Restart ? StopReason.Shutdown : service.StopReason;
                break;
        }
    }

    private void CountAllBlockers()
    {
        foreach (Service service in machine.Model.Services)
        {
            service.StopBlockers = 0;
        }

        foreach (Service service in machine.Model.Services)
        {
            service.IsBlocker = service.MayHaveProcesses;
            if (service.IsBlocker)
            {
                CountBlockers(service, 1);
            }
        }
    }

    /// <summary>Counts a running service as a blocker of everything that it needs; the order between platform daemons is fixed and needs no counting.</summary>
    private void CountBlockers(Service service, int change)
    {
        if (service.Activation is { } snapshot && PlatformRank(service) == 0)
        {
            Count(snapshot.Requires, change);
            Count(snapshot.BindsTo, change);
            Count(snapshot.Wants, change);
        }
    }

    private void Count(string[] names, int change)
    {
        foreach (string name in names)
        {
            if (machine.FindService(name) is { } target)
            {
                target.StopBlockers += change;
            }
        }
    }

    private void Advance()
    {
        int left = 0;
        int stopping = 0;
        int lastRank = int.MaxValue;
        Service? blocked = null;
        foreach (Service service in machine.Model.Services)
        {
            if (!service.MayHaveProcesses && service.Phase != ActivationPhase.PostHookDrain)
            {
                continue;
            }

            left++;
            int rank = PlatformRank(service);
            lastRank = rank < lastRank ? rank : lastRank;
            if (service.State is ServiceState.Active or ServiceState.Reloading)
            {
                blocked ??= rank == 0 ? service : null;
            }
            else if (rank == 0)
            {
                stopping++;
            }
        }

        if (left == 0)
        {
            Finish();
            return;
        }

        bool any = StopReady(lastRank, false);
        if (!any && stopping == 0 && lastRank == 0 && blocked is not null)
        {
            machine.Log(LogLevel.Warning, LogMessage.ShutdownOrderBroken, blocked);
            StopReady(lastRank, true);
        }
    }

    /// <summary>Stops everything of the lowest rank that nobody needs any more; a rank above 0 is one platform daemon.</summary>
    private bool StopReady(int rank, bool regardless)
    {
        bool any = false;
        foreach (Service service in machine.Model.Services)
        {
            if (service.State is ServiceState.Active or ServiceState.Reloading && PlatformRank(service) == rank
                && (rank > 0 || regardless || service.StopBlockers <= 0))
            {
                any = true;
                machine.Stopping.Begin(service, StopReason.Shutdown, Trigger.ShutdownTakes, Cause.ShutdownWave);
            }
        }

        return any;
    }

    private void Finish()
    {
        machine.Deadlines.Disarm(_deadline);
        bool reset = machine.Boot.CriticalsWereUp && machine.Mode == BootMode.Full;
        machine.Finish(new Effect { Kind = EffectKind.FinishShutdown, Number = (int)Type, Flag = reset });
    }
}
