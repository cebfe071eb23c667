// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace EventBench;

/// <summary>Processor time of this process's threads by name, in nanoseconds, as the scheduler counts it.</summary>
internal static class ThreadTimes
{
    /// <summary>Time of every thread whose name does not begin with <paramref name="without"/>, by name.</summary>
    internal static Dictionary<string, double> Read(string without)
    {
        Dictionary<string, double> times = [];
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            string name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
            if (!name.StartsWith(without, StringComparison.Ordinal))
            {
                string time = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0];
                times[name] = times.GetValueOrDefault(name) + double.Parse(time, CultureInfo.InvariantCulture);
            }
        }

        return times;
    }
}
