// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>What a job is for (PEINIT-285). Health checks and ad-hoc jobs are not built yet.</summary>
public enum JobType : byte
{
    /// <summary>The service itself.</summary>
    ServiceMain = 0,
    /// <summary>An ExecStartPre command.</summary>
    PreExecHook = 1,
    /// <summary>An ExecStartPost command.</summary>
    PostExecHook = 2,
    /// <summary>An ExecReload command.</summary>
    ReloadCommand = 3,
}
