// SPDX-License-Identifier: MIT
using Peinit.Boot;
using Peinit.Shell;
using Peios.Interop;

// Anything but PID 1 must not touch the machine (PEINIT-015).
if (Processes.Self != 1)
{
    using Fd errors = new(2);
    _ = Files.WriteAll(errors, "peinit: runs as process 1 only, which the kernel starts; svctl talks to the one that runs\n"u8);
    return 1;
}

if (!Spawner.VersionMatches)
{
    SystemConsole.WriteLine("the spawn shim that peinit was linked with is of another version; build it again");
    return 1;
}

// 1. Signals are blocked already; Ctrl+Alt+Del becomes one of them (PEINIT-018).
if (!CrashGuard.Arm(Startup.BinaryPath).TryGet(out CrashGuard.PreviousLife? previous))
{
    return 1;
}

_ = CrashGuard.CoverThread();
_ = Mounts.Machine(Mounts.DisableCtrlAltDel);
PeinitLog log = new();

// 2. A first life boots; a later one continues where the last one fell (HAZ-037).
EarlyBootResult boot = previous.State is null ? new EarlyBoot(log).Run() : EarlyBootResult.Continue();
Errno error = Startup.Run(log, boot, previous);

// 3. The loop never ends by itself. If it cannot even begin, only a new life or a shell is left.
SystemConsole.WriteLine($"the loop cannot run: {error}");
CrashGuard.Restart();
return 1;
