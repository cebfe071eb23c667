// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peinit.Core;
using Peios.Interop;

namespace Peinit.Boot;

/// <summary>
/// Phase 1 up to the moment where services can be started: compiled in, fixed order, no registry (PEINIT-031). It
/// finishes whatever fails, so that a recovery shell finds as much of a system as there is (PEINIT-074).
/// </summary>
internal sealed class EarlyBoot(IBootLog log)
{
    internal const string RuntimeDirectory = "/run/peinit";

    private string? _reason;

    internal EarlyBootResult Run()
    {
        BootCounter counter = new(BootCounter.DefaultDirectory);
        uint attempts = counter.Read();
        Require(RemountRoot());
        Errno stored = counter.Write(attempts + 1);
        if (!stored.Ok)
        {
            log.Warn($"the boot attempt counter cannot be written: {stored}");
        }

        Require(FileSystems.MountAll(log));
        KernelCommandLine line = KernelCommandLine.Read();
        Require(line.Recovery ? "peios.recovery=1 on the kernel command line" : null);
        Require(line.SafeMode ? "peios.safemode=1, and Safe mode is not built yet" : null);
        Require(line.BootAttempts > 0 && attempts >= line.BootAttempts
            ? $"{attempts} boots in a row did not succeed"
            : null);
        Tune();
        string bootId = ReadBootId();
        Require(MakeRuntimeDirectory(bootId));
        Require(KernelModule.Ensure(log));
        Require(KernelModule.Arm(log));
        Require(SelfCheck.Run(log));
        Errno clock = HardwareClock.Apply();
        if (!clock.Ok)
        {
            log.Warn($"the clock is not set from the RTC: {clock}");
        }

        BootMode mode = _reason is null ? BootMode.Full : BootMode.Recovery;
        return new EarlyBootResult(mode, _reason, bootId, line);
    }

    private static string? RemountRoot()
    {
        Errno error = Mounts.Mount("none", "/", null, Mounts.Remount, null);
        return error.Ok ? null : $"the root file system cannot be made writable: {error}";
    }

    private void Require(string? failure)
    {
        if (failure is not null)
        {
            _reason ??= failure;
        }
    }

    private void Tune()
    {
        // Messages of a burst must not be dropped before eventd reads (decisions 16); pids must not be reused soon (HAZ-041).
        Write("/proc/sys/net/unix/max_dgram_qlen", "512"u8);
        Write("/proc/sys/kernel/pid_max", "4194304"u8);
    }

    private void Write(string path, ReadOnlySpan<byte> value)
    {
        Result<Fd> opened = Files.Open(path, Files.WriteOnly);
        Errno error = opened.Error;
        if (opened.TryGet(out Fd? fd))
        {
            using (fd)
            {
                error = Files.WriteAll(fd, value);
            }
        }

        if (!error.Ok)
        {
            log.Warn($"{path} cannot be set: {error}");
        }
    }

    internal static string ReadBootId() =>
        Files.ReadSmall("/proc/sys/kernel/random/boot_id", 64).TryGet(out byte[]? text)
        && Guid.TryParseExact(Encoding.ASCII.GetString(text).TrimEnd('\n'), "D", out Guid id)
            ? id.ToString("D")
            : Guid.Empty.ToString("D");

    private static string? MakeRuntimeDirectory(string bootId)
    {
        Errno error = Files.MakeDirectory(RuntimeDirectory, 0x1ED);
        if (error.Ok && Files.Open(RuntimeDirectory + "/boot-id", Files.WriteOnly | Files.Create | Files.Truncate, 0x1A4)
            .TryGet(out Fd? fd, out error))
        {
            using (fd)
            {
                error = Files.WriteAll(fd, Encoding.ASCII.GetBytes(bootId + "\n"));
            }
        }

        return error.Ok ? null : $"{RuntimeDirectory} cannot be set up: {error}";
    }
}
