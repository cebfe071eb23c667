// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>What stat(2) says about which file something is.</summary>
/// <param name="Device">st_dev.</param>
/// <param name="Inode">st_ino.</param>
/// <param name="Mode">st_mode, kind and permission bits.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode, uint Mode);
