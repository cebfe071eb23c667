// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Eventd;
using Eventd.Access;
using Peios.Interop;

namespace EventBench;

/// <summary>Events from rings to the disk: rate, processor time, bytes, memory.</summary>
internal sealed class PersistBench : IDisposable
{
    private readonly string _folder;
    private readonly BenchRings _rings;
    private readonly Daemon _daemon;
    private readonly WakeFd _commits;

    internal PersistBench(string folder, int producers)
    {
        _folder = folder;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        Settings = new Settings
        {
            EventStorePath = Path.Combine(folder, "events"),
            LogStorePath = Path.Combine(folder, "logs.db"),
            QuerySocketPath = Path.Combine(folder, "query.sock"),
            LogSocketPath = Path.Combine(folder, "log.sock"),
        };
        _rings = new BenchRings(producers, 4 << 20);
        _ = WakeFd.Create().TryGet(out WakeFd? commits);
        _commits = commits!;
        _daemon = Daemon.Start(Settings, Guid.NewGuid(), _rings, _rings, SecurityCatalogue.Default(), out string problem)
            ?? throw new InvalidOperationException(problem);
        _daemon.Commits.Add(_commits);
    }

    internal Settings Settings { get; }

    /// <summary>Emits and waits until everything is committed.</summary>
    /// <param name="each">Events of each producer.</param>
    /// <param name="rate">Events a second of each, or 0 for as many as can be stored.</param>
    /// <param name="textBytes">Bytes of text in each payload.</param>
    internal Result Run(long each, double rate, int textBytes)
    {
        ulong target = _daemon.StoredEvents + (ulong)(each * _rings.All.Length);
        List<Producer> producers = [];
        foreach (BenchRing ring in _rings.All)
        {
            producers.Add(new Producer(ring, textBytes));
        }

        Dictionary<string, double> before = ThreadTimes.Read();
        long start = Stopwatch.GetTimestamp();
        producers.ForEach(p => p.Start(each, rate));
        producers.ForEach(static p => p.Join());
        long emitted = Stopwatch.GetTimestamp();
        _commits.Clear();
        while (_daemon.StoredEvents < target && Stopwatch.GetElapsedTime(emitted).TotalSeconds < 5)
        {
            _ = Polling.Wait(_commits.Fd, Polling.Readable, 1000);
            _commits.Clear(); // before the count is looked at
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double nanoseconds = ThreadTimes.Since(before);
        long total = each * _rings.All.Length;
        return new Result(total / seconds, nanoseconds / total / 1000, (long)(target - Math.Min(target, _daemon.StoredEvents)));
    }

    /// <summary>Waits until every shard has the indexes that were asked for.</summary>
    internal void WaitForIndex()
    {
        SpinWait wait = default;
        while (_daemon.Indexes.Columns.Length == 0 || !Array.TrueForAll([.. _daemon.Writers], w => w.Columns.Count == _daemon.Indexes.Columns.Length))
        {
            wait.SpinOnce();
        }
    }

    /// <summary>Bytes of all event databases, without their write-ahead logs.</summary>
    internal long StoreBytes()
    {
        long bytes = 0;
        foreach (string file in Directory.GetFiles(Settings.EventStorePath, "shard-*.db"))
        {
            bytes += new FileInfo(file).Length;
        }

        return bytes;
    }

    /// <summary>Resident memory of this process in MiB, rings and producers included.</summary>
    internal static double ResidentMegabytes()
    {
        foreach (string line in File.ReadAllLines("/proc/self/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return int.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal).Trim()) / 1024.0;
            }
        }

        return 0;
    }

    public void Dispose()
    {
        _ = _daemon.Stop(60000);
        _daemon.Dispose();
        _commits.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What a run showed.</summary>
    /// <param name="PerSecond">Events committed a second.</param>
    /// <param name="Microseconds">Processor time of all threads but the producers', per event.</param>
    /// <param name="Missing">Events that were not stored.</param>
    internal readonly record struct Result(double PerSecond, double Microseconds, long Missing);
}
