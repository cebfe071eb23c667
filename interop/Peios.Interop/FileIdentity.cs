// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>What stat(2) says about which file something is.</summary>
/// <param name="Device">st_dev.</param>
/// <param name="Inode">st_ino.</param>
/// <param name="Mode">st_mode, kind and permission bits.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode, uint Mode)
{
    /// <summary>A directory.</summary>
    public bool IsDirectory => (Mode & 0xF000) == 0x4000;

    /// <summary>A regular file.</summary>
    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    /// <summary>A pipe.</summary>
    public bool IsPipe => (Mode & 0xF000) == 0x1000;
}
