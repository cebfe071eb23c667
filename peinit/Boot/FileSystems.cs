// SPDX-License-Identifier: MIT
using Peios.Interop;

namespace Peinit.Boot;

/// <summary>The virtual file systems of Phase 1 (PEINIT-033 to PEINIT-035).</summary>
internal static class FileSystems
{
    private const uint Hardened = Mounts.NoSuid | Mounts.NoDevices | Mounts.NoExec;

    private static readonly Entry[] s_table =
    [
        new("/proc", "proc", Hardened, null, 0x9FA0),
        new("/sys", "sysfs", Hardened, null, 0x62656572),
        new("/sys/kernel/security", "securityfs", Hardened, null, 0x73636673, Optional: true),
        new("/dev", "devtmpfs", Mounts.NoSuid, null, 0x01021994),
        new("/dev/pts", "devpts", Mounts.NoSuid | Mounts.NoExec, "mode=620,ptmxmode=666", 0x1CD1),
        new("/dev/shm", "tmpfs", Mounts.NoSuid | Mounts.NoDevices, "mode=1777", 0x01021994),
        new("/run", "tmpfs", Mounts.NoSuid | Mounts.NoDevices, "mode=0755", 0x01021994),
        new("/sys/fs/cgroup", "cgroup2", Hardened, null, 0x63677270),
    ];

    /// <summary>Mounts everything in order and goes on after a failure, so that a recovery shell has what there is.</summary>
    /// <returns>The first failure that matters, or null.</returns>
    internal static string? MountAll(IBootLog log)
    {
        string? reason = null;
        foreach (Entry entry in s_table)
        {
            Errno error = Mount(entry);
            if (error.Ok)
            {
                continue;
            }

            string text = $"cannot mount {entry.Target}: {error}";
            log.Warn(text);
            reason = entry.Optional ? reason : reason ?? text;
        }

        return reason;
    }

    private static Errno Mount(Entry entry)
    {
        // The kernel makes these only when the parent is mounted; on tmpfs and devtmpfs we do.
        if (entry.Target is "/dev/pts" or "/dev/shm" or "/run" or "/proc" or "/sys" or "/dev")
        {
            Errno made = Files.MakeDirectory(entry.Target, 0x1ED);
            if (!made.Ok && made.Value != 30)
            {
                return made;
            }
        }

        // Handed over by the initramfs: same file system, our flags (PEINIT-034).
        bool there = Mounts.IsMountPoint(entry.Target)
            && Mounts.FileSystem(entry.Target).TryGet(out long type) && type == entry.Magic;
        return Mounts.Mount(entry.Type, entry.Target, entry.Type, entry.Flags | (there ? Mounts.Remount : 0), entry.Data);
    }

    private sealed record Entry(string Target, string Type, uint Flags, string? Data, long Magic, bool Optional = false);
}
