// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>A sub-cgroup of a service (PEINIT-169).</summary>
public enum CgroupPart : byte
{
    /// <summary><c>main/</c>: the main process and what it forked.</summary>
    Main = 0,
    /// <summary><c>hooks/</c>: ExecStartPre, ExecStartPost, ExecReload.</summary>
    Hooks = 1,
}
