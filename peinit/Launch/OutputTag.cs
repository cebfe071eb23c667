// SPDX-License-Identifier: MIT
using Peinit.Core;

namespace Peinit.Launch;

/// <summary>Names the origin of a job's output (PEINIT-412).</summary>
internal static class OutputTag
{
    internal static string Of(Job job) => job.Type switch
    {
        JobType.PreExecHook => $"{job.Service.Name}/ExecStartPre[{job.HookIndex}]",
        JobType.PostExecHook => $"{job.Service.Name}/ExecStartPost[{job.HookIndex}]",
        JobType.ReloadCommand => $"{job.Service.Name}/ExecReload",
        _ => job.Service.Name,
    };
}
