// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace EventBench;

/// <summary><c>evctl follow</c>, the shipped program, behind a flood: what it prints, what it says it skipped.</summary>
internal static class FollowBench
{
    private const string Command = "exec -a evctl \"$0\" -s \"$1\" -f jsonl follow 'bench.*' >\"$2\" 2>\"$3\"";

    /// <summary>Emits at a rate, beside a follower whose output goes to a file.</summary>
    /// <param name="bench">A running daemon.</param>
    /// <param name="folder">For the output.</param>
    /// <param name="events">Events in all.</param>
    /// <param name="rate">Events a second.</param>
    internal static (long Stored, long Printed, long Skipped, double Cpu) Run(PersistBench bench, string folder, long events, double rate)
    {
        string output = Path.Combine(folder, "follow.out");
        string remarks = Path.Combine(folder, "follow.err");
        File.Delete(output); // of an earlier run: it is what is waited for
        string tools = Path.Combine(AppContext.BaseDirectory, "peios-tools"); // build.sh puts its programs into one folder
        using Process evctl = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", Command, tools, bench.Settings.QuerySocketPath, output, remarks]))
            ?? throw new InvalidOperationException(tools);
        SpinWait wait = default;
        long start = Stopwatch.GetTimestamp();
        while (!File.Exists(output) || new FileInfo(output).Length == 0)
        {
            wait.SpinOnce(); // the last ten of what was there before: from here on it follows
            if (evctl.HasExited || Stopwatch.GetElapsedTime(start).TotalSeconds > 60)
            {
                throw new InvalidOperationException("evctl does not follow: " + File.ReadAllText(remarks));
            }
        }

        long before = Lines(output);
        long stored = events - bench.Run(events, rate, 96).Missing; // the rest is in gap records
        long printed = 0, skipped = 0;
        double cpu = 0;
        long quiet = Stopwatch.GetTimestamp();
        while (printed + skipped < stored && Stopwatch.GetElapsedTime(quiet).TotalSeconds < 20 && !evctl.HasExited)
        {
            _ = evctl.WaitForExit(200); // between two looks: what it prints says when it is done
            cpu = evctl.TotalProcessorTime.TotalMicroseconds;
            long seen = printed + skipped;
            (printed, skipped) = (Lines(output) - before, Skipped(remarks));
            quiet = printed + skipped > seen ? Stopwatch.GetTimestamp() : quiet;
        }

        evctl.Kill();
        evctl.WaitForExit();
        return (stored, printed, skipped, cpu / events);
    }

    private static long Lines(string path)
    {
        long lines = 0;
        foreach (string line in File.ReadLines(path))
        {
            lines += line.EndsWith('}') ? 1 : 0;
        }

        return lines;
    }

    private static long Skipped(string path)
    {
        long skipped = 0;
        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split(' ');
            skipped += words.Length > 2 && words[2] == "records" && long.TryParse(words[1], out long n) ? n : 0;
        }

        return skipped;
    }
}
