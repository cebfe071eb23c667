// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peinit.Core;
using Peinit.Notify;

namespace Peinit.Launch;

/// <summary>The complete environment of a child: base, definition, peinit's own; later entries win (PEINIT-193 to PEINIT-196).</summary>
internal static class ChildEnvironment
{
    private static readonly string[] s_base =
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LANG=C.UTF-8",
    ];

    internal static List<string> Build(Job job, string bootId)
    {
        List<string> result = new(s_base.Length + job.Definition.Environment.Length + 4);
        result.AddRange(s_base);
        foreach (string entry in job.Definition.Environment)
        {
            Set(result, entry);
        }

        Set(result, "PEIOS_BOOT_ID=" + bootId);
        Set(result, "PEIOS_SERVICE=" + job.Service.Name);
        if (job.Type == JobType.ServiceMain)
        {
            Set(result, "NOTIFY_SOCKET=" + NotifySocket.Path);
            ulong watchdog = job.Service.WatchdogMicroseconds;
            if (watchdog > 0)
            {
                Set(result, "WATCHDOG_USEC=" + watchdog.ToString(CultureInfo.InvariantCulture));
            }
        }

        return result;
    }

    private static void Set(List<string> list, string entry)
    {
        ReadOnlySpan<char> name = entry.AsSpan(0, entry.IndexOf('=', StringComparison.Ordinal) + 1);
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i].AsSpan().StartsWith(name, StringComparison.Ordinal))
            {
                list[i] = entry;
                return;
            }
        }

        list.Add(entry);
    }
}
