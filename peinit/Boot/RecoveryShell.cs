// SPDX-License-Identifier: MIT
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Ipc;
using Peios.Security;

namespace Peinit.Boot;

/// <summary>The shell on the console in Recovery mode; it is started again a second after it ends (PEINIT-075, PEINIT-076).</summary>
internal sealed class RecoveryShell(Supervisor supervisor) : LoopTimer
{
    private const string Tree = ".recovery";
    private const ulong Pause = 1_000_000_000;

    private static readonly string[] s_environment =
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C.UTF-8", "TERM=linux",
    ];

    /// <inheritdoc/>
    public override void Expired(EventLoop loop, ulong now) => Start();

    internal void Start()
    {
        using Fd? token = CopyOwnToken();
        // In a cgroup like a service's, so that a new life of peinit ends this shell before it starts another.
        using Fd? cgroup = supervisor.Launcher.Cgroups.Create(Tree).Ok
            && supervisor.Launcher.Cgroups.Open(Tree, CgroupPart.Main).TryGet(out Fd? opened) ? opened : null;
        SpawnPlan plan = new()
        {
            Path = "/bin/sh",
            Arguments = ["-sh"],
            Environment = s_environment,
            WorkingDirectory = "/",
            Terminal = SystemConsole.Path,
            Cgroup = cgroup,
            Token = token,
            InstallRequest = KacsAbi.IocInstall,
        };
        if (Spawner.Start(plan).TryGet(out SpawnedChild? child, out Errno error))
        {
            _ = new ShellExit(this, supervisor.Loop, child);
        }
        else
        {
            SystemConsole.WriteLine($"the recovery shell cannot be started: {error}");
            Again();
        }
    }

    // Without the kernel module there is no token to copy, and the shell is needed all the more.
    private static Fd? CopyOwnToken()
    {
        if (!KacsDevice.Open().TryGet(out KacsDevice? device))
        {
            return null;
        }

        using (device)
        {
            if (!device.OpenSelfToken(real: true, TokenRights.Duplicate).TryGet(out Fd? own))
            {
                return null;
            }

            using (own)
            {
                return KacsToken.Duplicate(own, TokenRights.AllAccess, KacsAbi.TokenTypePrimary, 0).TryGet(out Fd? copy) ? copy : null;
            }
        }
    }

    private void Again() => supervisor.Loop.Schedule(this, Clock.Monotonic + Pause);

    private sealed class ShellExit : EventSource
    {
        private readonly RecoveryShell _shell;
        private readonly SpawnedChild _child;
        private bool _announced;

        internal ShellExit(RecoveryShell shell, EventLoop loop, SpawnedChild child)
        {
            _shell = shell;
            _child = child;
            _ = loop.Add(this, LoopEvents.Readable);
        }

        public override Fd Descriptor => _child.Process;

        public override void Ready(EventLoop loop, LoopEvents events)
        {
            SpawnReport report = Spawner.ReadReport(_child.Report, ref _announced);
            if (report.Verdict == SpawnVerdict.Failed)
            {
                SystemConsole.WriteLine($"the recovery shell failed at step {report.Step}: {report.Error}");
            }

            loop.Remove(this);
            _child.Dispose();
            _shell.Again();
        }
    }
}
