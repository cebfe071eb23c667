// SPDX-License-Identifier: MIT
using System.Text;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace Peinit.Boot;

/// <summary>
/// The kernel module's part of Phase 1: present (PEINIT-036), running us as SYSTEM (PEINIT-016), armed (HAZ-015).
/// </summary>
internal static unsafe class KernelModule
{
    private const int FinitModuleCall = 313;

    private static readonly string[] s_devices = ["/dev/kacs", "/dev/kmes", "/dev/registry"];

    /// <summary>Loads the module if the initramfs did not; the fallback uses the same parameter.</summary>
    internal static string? Ensure(IBootLog log)
    {
        if (Missing() is null)
        {
            return null;
        }

        log.Warn("the kernel module is not loaded; loading it late");
        Errno error = Load();
        string? missing = Missing();
        return missing is null ? null : $"{missing} is missing and pkm.ko cannot be loaded: {error}";
    }

    /// <summary>Arms enforcement. In mode off there is nothing to arm, which only a developer's boot shows.</summary>
    internal static string? Arm(IBootLog log)
    {
        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return $"cannot open {KacsDevice.Path}: {error}";
        }

        using (device)
        {
            if (!device.State().TryGet(out KacsModuleState state, out error))
            {
                return $"the kernel module does not answer: {error}";
            }

            if (state.Mode == KacsMode.Off)
            {
                log.Warn("pkm.ko runs with mode=off: nothing is enforced");
                return null;
            }

            error = state.Armed ? Errno.None : device.Arm();
            return error.Ok ? null : $"enforcement cannot be armed: {error}";
        }
    }

    private static string? Missing()
    {
        foreach (string path in s_devices)
        {
            if (!Mounts.Identify(path).Ok)
            {
                return path;
            }
        }

        return null;
    }

    private static Errno Load()
    {
        if (!Files.ReadSmall("/proc/sys/kernel/osrelease", 256).TryGet(out byte[]? text, out Errno error))
        {
            return error;
        }

        string release = Encoding.UTF8.GetString(text).TrimEnd('\n');
        if (!Files.Open($"/lib/modules/{release}/extra/pkm.ko", Files.ReadOnly).TryGet(out Fd? fd, out error))
        {
            return error;
        }

        using (fd)
            fixed (byte* parameters = "mode=enforce\0"u8)
            {
                return Libc.Check(Libc.syscall(FinitModuleCall, fd.Raw, (long)parameters, 0, 0));
            }
    }
}
