// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Peinit.Core;
using Peinit.Launch;
using Peios.Interop;

namespace Peinit.Shell;

/// <summary>
/// After a re-execution: compares what the restored machine believes with what runs. A process that belongs to a job is
/// adopted; whatever else lives in a service's cgroup is killed (HAZ-037).
/// </summary>
internal sealed class Reconciliation(Supervisor supervisor, Handover handover)
{
    internal void Run()
    {
        int adopted = 0;
        foreach (Job job in supervisor.Machine.Jobs)
        {
            if (job.Pid == 0)
            {
                continue;
            }

            if (!Belongs(job) || !Processes.Open(job.Pid).TryGet(out Fd? process))
            {
                // Reaped in the last moments of the previous life: how it ended is lost with that life.
                supervisor.Post(Input.ChildExited(job.Pid, -1, Signals.Kill));
                continue;
            }

            supervisor.Launcher.Adopt(job, process);
            Reattach(job);
            adopted++;
            if (HasExecuted(job.Pid))
            {
                supervisor.Post(Input.ExecSucceeded(job));
            }
        }

        KillStrangers();
        supervisor.Log.Warn($"supervision continues: {adopted} processes adopted");
    }

    // A child of ours that has ended is still ours until it is reaped; one that runs must be where it was put.
    private static bool Belongs(Job job)
    {
        if (!Files.ReadSmall($"/proc/{job.Pid}/stat").TryGet(out byte[]? stat) || !TryParseStat(stat, out char state, out int parent))
        {
            return false;
        }

        return parent == 1 && (state == 'Z'
            || (Files.ReadSmall($"/proc/{job.Pid}/cgroup").TryGet(out byte[]? cgroup)
                && Encoding.UTF8.GetString(cgroup).TrimEnd().EndsWith($"/peinit/{job.CgroupPath}/{Cgroup.NameOf(job.Part)}", StringComparison.Ordinal)));
    }

    /// <summary>State letter and parent of <c>/proc/PID/stat</c>; the name before them may hold anything.</summary>
    internal static bool TryParseStat(ReadOnlySpan<byte> stat, out char state, out int parent)
    {
        state = ' ';
        parent = 0;
        int close = stat.LastIndexOf((byte)')');
        if (close < 0 || close + 4 >= stat.Length)
        {
            return false;
        }

        state = (char)stat[close + 2];
        ReadOnlySpan<byte> rest = stat[(close + 4)..];
        int end = rest.IndexOf((byte)' ');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out parent);
    }

    // Before its exec a child is still this very binary. Names are compared, for a stat of the service's own binary may
    // ask a file system that never answers.
    private static bool HasExecuted(int pid) =>
        Files.ReadLink($"/proc/{pid}/exe").TryGet(out string? theirs)
        && Files.ReadLink("/proc/self/exe").TryGet(out string? ours)
        && theirs != ours;

    private void Reattach(Job job)
    {
        if (!handover.TryGetPipes(job.Pid, out ulong stdout, out ulong stderr))
        {
            return;
        }

        supervisor.Launcher.AttachOutput(job, OpenPipe(job.Pid, 1, stdout), OpenPipe(job.Pid, 2, stderr));
    }

    // Only the very pipe we made: a service may have put anything else at 1 and 2 since. Opening a device or a terminal
    // does things, and a dead file system never answers, so a name is looked at first, and what was looked at is opened.
    internal static Fd? OpenPipe(int pid, int number, ulong inode)
    {
        string path = $"/proc/{pid}/fd/{number}";
        if (!IsPipe(path, inode) || !Files.Open(path, Files.PathOnly).TryGet(out Fd? handle))
        {
            return null;
        }

        using (handle)
        {
            string own = $"/proc/self/fd/{handle.Raw}";
            return IsPipe(own, inode) && Files.Open(own, Files.ReadOnly | Files.NonBlocking).TryGet(out Fd? pipe) ? pipe : null;
        }
    }

    // Names of real files begin with a slash.
    private static bool IsPipe(string path, ulong inode) => Files.ReadLink(path).TryGet(out string? name) && name == $"pipe:[{inode}]";

    private void KillStrangers()
    {
        foreach (string tree in Directory.GetDirectories(Cgroup.DefaultRoot))
        {
            string path = Path.GetFileName(tree);
            for (CgroupPart part = CgroupPart.Main; part <= CgroupPart.Hooks; part++)
            {
                if (supervisor.Launcher.Cgroups.IsPopulated(path, part) && !IsClaimed(path, part))
                {
                    supervisor.Log.Warn($"killing processes without an owner in {path}/{Cgroup.NameOf(part)}");
                    _ = supervisor.Launcher.Cgroups.Kill(path, part);
                }
            }
        }
    }

    private bool IsClaimed(string path, CgroupPart part)
    {
        foreach (Job job in supervisor.Machine.Jobs)
        {
            if (job.CgroupPath == path && job.Part == part && job.Pid != 0)
            {
                return true;
            }
        }

        return false;
    }
}
