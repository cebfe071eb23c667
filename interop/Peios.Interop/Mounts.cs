// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>Mounting, file identity and the end of the machine.</summary>
public static unsafe class Mounts
{
    /// <summary>MS_RDONLY.</summary>
    public const uint ReadOnly = 1;

    /// <summary>MS_NOSUID.</summary>
    public const uint NoSuid = 2;

    /// <summary>MS_NODEV.</summary>
    public const uint NoDevices = 4;

    /// <summary>MS_NOEXEC.</summary>
    public const uint NoExec = 8;

    /// <summary>MS_REMOUNT.</summary>
    public const uint Remount = 32;

    /// <summary>RB_AUTOBOOT.</summary>
    public const int Reboot = 0x01234567;

    /// <summary>RB_POWER_OFF.</summary>
    public const int PowerOff = 0x4321FEDC;

    /// <summary>RB_HALT_SYSTEM.</summary>
    public const int Halt = unchecked((int)0xCDEF0123);

    /// <summary>RB_DISABLE_CAD: Ctrl+Alt+Del becomes a SIGINT to PID 1.</summary>
    public const int DisableCtrlAltDel = 0;

    /// <summary>mount(2).</summary>
    public static Errno Mount(string source, string target, string? type, uint flags, string? data) =>
        Libc.Check(Libc.mount(source, target, type, flags, data));

    /// <summary>reboot(2).</summary>
    public static Errno Machine(int command) => Libc.Check(Libc.reboot(command));

    /// <summary>The magic number of the file system that holds a path.</summary>
    public static Result<long> FileSystem(string path)
    {
        Libc.Statfs result;
        return Libc.statfs(path, &result) < 0 ? Libc.LastError : result.Type;
    }

    /// <summary>Device, inode and kind of a path; symlinks are followed.</summary>
    public static Result<FileIdentity> Identify(string path)
    {
        Libc.Stat result;
        return Libc.stat(path, &result) < 0 ? Libc.LastError : new FileIdentity(result.Device, result.Inode, result.Mode);
    }

    /// <summary>Device, inode and kind of an open file.</summary>
    public static Result<FileIdentity> Identify(Fd fd)
    {
        Libc.Stat result;
        return Libc.fstat(fd.Raw, &result) < 0 ? Libc.LastError : new FileIdentity(result.Device, result.Inode, result.Mode);
    }

    /// <summary>True when another file system is mounted at a directory.</summary>
    public static bool IsMountPoint(string path) =>
        Identify(path).TryGet(out FileIdentity here) && Identify(path + "/..").TryGet(out FileIdentity above)
        && here.Device != above.Device;
}
