// SPDX-License-Identifier: MIT
using System;
using Peios.Interop.Kacs;

namespace Peios.Interop;

/// <summary>Starts children through the C shim; nothing here waits for one (HAZ-035).</summary>
public static unsafe class Spawner
{
    /// <summary>Step number of a call made in a child.</summary>
    public const int CallStep = 30;

    /// <summary>Step number of execve.</summary>
    public const int ExecStep = 9;

    private const uint CallSync = 1;
    private const uint CallUnmount = 2;
    private const uint CallMount = 3;
    private const uint CallStat = 4;

    /// <summary>The native archive and this assembly were built from one contract.</summary>
    public static bool VersionMatches => ShimAbi.peios_shim_version() == ShimAbi.Version;

    /// <summary>Starts a program.</summary>
    /// <returns>The child, or the errno of the pipe or the clone; on error nothing is left behind.</returns>
    public static Result<SpawnedChild> Start(SpawnPlan plan)
    {
        using NativeStrings strings = new();
        ShimAbi.SpawnRequest request = new()
        {
            Size = (uint)sizeof(ShimAbi.SpawnRequest),
            Path = strings.Add(plan.Path),
            Argv = strings.Add(plan.Arguments),
            Envp = strings.Add(plan.Environment),
            Cwd = strings.Add(plan.WorkingDirectory),
            Tty = strings.Add(plan.Terminal),
            Nofile = plan.OpenFiles ?? 0,
            Core = plan.CoreBytes ?? 0,
            Stdin = plan.Stdin?.Raw ?? 0,
            Stdout = plan.Stdout?.Raw ?? 1,
            Stderr = plan.Stderr?.Raw ?? 2,
            CgroupFd = plan.Cgroup?.Raw ?? -1,
            TokenFd = plan.Token?.Raw ?? -1,
            OomScoreAdj = plan.OomScoreAdj ?? 0,
            InstallRequest = plan.InstallRequest,
            PsbFd = plan.MitigationDevice?.Raw ?? -1,
            PsbRequest = KacsAbi.IocSetPsb,
        };
        KacsSetPsbArgs mitigations = new() { Pidfd = -1, Mitigations = plan.Mitigations };
        request.PsbArgument = &mitigations;
        request.Flags = (plan.OpenFiles.HasValue ? ShimAbi.SpawnNofile : 0)
            | (plan.CoreBytes.HasValue ? ShimAbi.SpawnCore : 0)
            | (plan.OomScoreAdj.HasValue ? ShimAbi.SpawnOom : 0)
            | (plan.Terminal is not null ? ShimAbi.SpawnTty : 0);
        ShimAbi.SpawnResult result;
        int r = ShimAbi.peios_spawn(&request, &result);
        GC.KeepAlive(plan);
        return Own(r, result);
    }

    /// <summary>sync(2) in a child (HAZ-040).</summary>
    public static Result<SpawnedChild> Sync() => Call(CallSync, null, null, null, null, 0);

    /// <summary>umount2(2) in a child.</summary>
    public static Result<SpawnedChild> Unmount(string target, uint flags) =>
        Call(CallUnmount, target, null, null, null, flags);

    /// <summary>mount(2) in a child.</summary>
    public static Result<SpawnedChild> Mount(string source, string target, string? type, ulong flags, string? data) =>
        Call(CallMount, target, source, type, data, flags);

    /// <summary>stat(2) in a child, symlinks followed: the disk behind a path may never answer.</summary>
    /// <param name="path">What to look at.</param>
    /// <param name="type">The S_IFMT value that it must have, or 0.</param>
    public static Result<SpawnedChild> LookAt(string path, uint type) => Call(CallStat, path, null, null, null, type);

    /// <summary>Reads what the child reported. Call it when the pipe is readable and again when the child has exited.</summary>
    /// <param name="report">The pipe.</param>
    /// <param name="announced">Kept by the caller across calls: the child said that it is about to execute.</param>
    public static SpawnReport ReadReport(Fd report, ref bool announced)
    {
        for (; ; )
        {
            ShimAbi.Report record;
            nint n = Libc.read(report.Raw, &record, (nuint)sizeof(ShimAbi.Report));
            if (n < 0)
            {
                Errno error = Libc.LastError;
                if (error == Errno.EINTR)
                {
                    continue;
                }

                return error == Errno.EAGAIN ? default : new SpawnReport(SpawnVerdict.Failed, 0, error);
            }

            if (n == sizeof(ShimAbi.Report) && record.Error == 0)
            {
                announced = true;
                continue;
            }

            if (n == sizeof(ShimAbi.Report))
            {
                return new SpawnReport(SpawnVerdict.Failed, (int)record.Step, new Errno(record.Error));
            }

            // End of file, or a torn record: only an announced exec counts as one (PEINIT-186, HAZ-035).
            return n == 0 && announced
                ? new SpawnReport(SpawnVerdict.Executed, 0, Errno.None)
                : new SpawnReport(SpawnVerdict.Failed, 0, Errno.EIO);
        }
    }

    private static Result<SpawnedChild> Call(uint call, string? target, string? source, string? type, string? data, ulong flags)
    {
        using NativeStrings strings = new();
        ShimAbi.CallRequest request = new()
        {
            Size = (uint)sizeof(ShimAbi.CallRequest),
            Call = call,
            Target = strings.Add(target),
            Source = strings.Add(source),
            Type = strings.Add(type),
            Data = strings.Add(data),
            Flags = flags,
            CgroupFd = -1,
        };
        ShimAbi.SpawnResult result;
        int r = ShimAbi.peios_call(&request, &result);
        return Own(r, result);
    }

    private static Result<SpawnedChild> Own(int r, in ShimAbi.SpawnResult result) =>
        r < 0 ? new Errno(-r) : new SpawnedChild(result.Pid, new Fd(result.Pidfd), new Fd(result.ErrorFd));
}
