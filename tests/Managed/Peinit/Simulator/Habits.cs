// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;

namespace Peios.Tests.Peinit.Simulator;

/// <summary>How virtual processes live: become ready or not, ping, speak, crash, obey signals or not, leave children behind.</summary>
internal sealed class Habits(World world)
{
    private const long Second = 1_000_000_000;

    /// <summary>Plans the life of a process that was just forked.</summary>
    public void Live(VirtualProcess process, Job job)
    {
        int trouble = world.Rng.Percent(world.Chaos) ? world.Rng.Below(6) : -1;
        bool lateVerdict = world.Rng.Percent(20);
        if (trouble == 0)
        {
            world.Answer(world.Rng.Milliseconds(5), () => !process.Gone && world.Feed(Input.ExecFailed(world.Jobs[process.Job], 9, 2)));
            Doom(process, 5_000_000 + world.Rng.Milliseconds(5), 127, 0);
            return;
        }

        world.Answer(lateVerdict ? world.Rng.Milliseconds(40) : 0, () => !process.Gone && world.Feed(Input.ExecSucceeded(world.Jobs[process.Job])));
        if (job.Type != JobType.ServiceMain || job.Definition.Type == ServiceType.Oneshot)
        {
            int code = trouble is 1 or 2 ? 1 + world.Rng.Below(4) : 0;
            if (trouble != 3)
            {
                Doom(process, world.Rng.Milliseconds(world.Rng.Percent(10) ? 8_000 : 100), code, 0);
            }

            return;
        }

        if (trouble != 4)
        {
            world.At(world.Rng.Milliseconds(world.Rng.Percent(10) ? 8_000 : 200), () => Notify(process, new NotifyFields { Ready = true, Status = "up" }));
        }

        if (trouble is 1 or 2)
        {
            Doom(process, world.Rng.Milliseconds(trouble == 1 ? 20 : 60_000), world.Rng.Below(3), 0);
        }

        if (job.Definition.WatchdogTimeout > 0 && trouble != 5)
        {
            Ping(process);
        }

        if (world.Rng.Percent(5))
        {
            world.At(world.Rng.Milliseconds(90_000), () => Notify(process, new NotifyFields
            {
                Stopping = world.Rng.Percent(30), ExtendMicroseconds = (ulong)world.Rng.Below(20_000_000), WatchdogMicroseconds = world.Rng.Percent(20) ? 0 : null,
            }));
        }
    }

    private void Ping(VirtualProcess process) => world.At(Second, () =>
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

        bool stranger = world.Rng.Percent(2);
        process.SaidStopping |= fields.Stopping && !stranger;
        return world.Feed(Input.Notify(stranger ? 1 : process.Pid, fields));
    }

    /// <summary>Plans the end of a process; what it leaves behind stays in its cgroup.</summary>
    public void Doom(VirtualProcess process, long delay, int code, int signal)
    {
        world.At(delay, () =>
        {
            if (process.Gone)
            {
                return false;
            }

            process.Gone = true;
            if (signal == 0 && world.Rng.Percent(10))
            {
                LeaveBehind(process.Cgroup);
            }

            bool emptyFirst = world.Rng.Percent(50);
            if (emptyFirst)
            {
                world.ReportEmpty(process.Cgroup);
            }

            world.Processes.Remove(process.Pid);
            world.Feed(Input.ChildExited(process.Pid, signal == 0 ? code : -1, signal));
            return world.ReportEmpty(process.Cgroup);
        });
    }

    private void LeaveBehind(string cgroup)
    {
        VirtualProcess child = new()
        {
            Pid = world.NextPid(), Job = Guid.Empty, Type = JobType.ServiceMain, Cgroup = cgroup, Unkillable = world.Rng.Percent(world.Chaos / 8),
        };
        world.Processes[child.Pid] = child;
    }

    public void Signal(Job job, int number)
    {
        if (!world.Processes.TryGetValue(job.Pid, out VirtualProcess? process))
        {
            return;
        }

        world.Invariants.Signalled(process, number);
        if (number == 15 && !process.IgnoresTerm)
        {
            if (world.Rng.Percent(10))
            {
                world.At(0, () => Notify(process, new NotifyFields { Stopping = true, ExtendMicroseconds = 3_000_000 }));
            }

            Doom(process, world.Rng.Milliseconds(world.Rng.Percent(20) ? 12_000 : 50), 0, 0);
        }
        else if (number != 15)
        {
            Reload(process);
        }
    }

    private void Reload(VirtualProcess process)
    {
        if (world.Rng.Percent(world.Chaos))
        {
            Doom(process, world.Rng.Milliseconds(2_000), 1, 0);
        }

        if (process.ReloadHabit >= 2)
        {
            world.At(world.Rng.Milliseconds(2_500), () => Notify(process, new NotifyFields { Reloading = true }));
        }

        if (process.ReloadHabit is 1 or 2)
        {
            world.At(world.Rng.Milliseconds(4_000), () => Notify(process, new NotifyFields { Ready = true }));
        }
    }
}
