// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace EventBench;

/// <summary>
/// Processor time of this process's threads, in nanoseconds, as the scheduler counts it. By id: a static program's threads
/// all bear the name of the program.
/// </summary>
internal static class ThreadTimes
{
    /// <summary>Time of every thread that exists, by its folder below /proc.</summary>
    internal static Dictionary<string, double> Read()
    {
        Dictionary<string, double> times = [];
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            string time = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0];
            times[task] = double.Parse(time, CultureInfo.InvariantCulture);
        }

        return times;
    }

    /// <summary>What the threads of <paramref name="before"/> have used since; others, the producers, do not count.</summary>
    internal static double Since(Dictionary<string, double> before)
    {
        double sum = 0;
        foreach ((string task, double time) in Read())
        {
            sum += before.TryGetValue(task, out double earlier) ? time - earlier : 0;
        }

        return sum;
    }
}
