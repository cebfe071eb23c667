// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Peios.Interop.Sqlite;
using Peios.Tests;

namespace EventBench;

/// <summary>
/// eventd's own speed, on this machine: the module's producer code fills a ring in this process, and everything behind the
/// ring is the shipped daemon. <c>eventbench FOLDER [EVENTS]</c> prints one row a line and adds all to
/// <c>FOLDER/results.json</c>. <c>PEERS=1</c> runs journald under the same load (peers/journald.sh, as root).
/// </summary>
internal static class Bench
{
    private const int Text200 = 90; // makes a record of 200 bytes

    private static int Main(string[] args)
    {
        if (args.Length is 0 or > 2)
        {
            Console.Error.WriteLine("usage: eventbench FOLDER [EVENTS]");
            return 2;
        }

        _ = SqliteDatabase.DisableMemoryStatistics(); // as eventd's Program does
        string folder = Path.Combine(args[0], "eventd");
        long events = args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : 2_000_000;
        List<Row> rows = [];
        One(folder, events, rows);
        Two(folder, events, rows);
        Messages(folder, events / 2, rows);
        Follow(folder, args[0], rows);
        foreach (string line in Environment.GetEnvironmentVariable("PEERS") == "1" ? Journald(args[0], events) : [])
        {
            string[] cells = line.Split('\t');
            Add(rows, cells[0], cells[1], double.Parse(cells[2], CultureInfo.InvariantCulture), null);
        }

        Results.Merge(rows, Path.Combine(args[0], "results.json"));
        return 0;
    }

    private static void One(string folder, long events, List<Row> rows)
    {
        using PersistBench bench = new(folder, 1);
        _ = bench.Run(100_000, 0, Text200);
        long before = bench.StoreBytes();
        PersistBench.Result run = bench.Run(events, 0, Text200);
        Add(rows, "eventd.persist.1", "events/s", run.PerSecond, 25_400);
        Add(rows, "eventd.cpu", "us/event", run.Microseconds, 17);
        Add(rows, "eventd.disk", "bytes/event", (double)(bench.StoreBytes() - before) / events, 674);
        Add(rows, "eventd.rss", "MiB", PersistBench.ResidentMegabytes(), 167);
        run = bench.Run(1_200_000, 400_000, Text200);
        Add(rows, "eventd.persist.400k.lost", "events", run.Missing, null);
        Add(rows, "eventd.persist.400k.cpu", "us/event", run.Microseconds, null);
    }

    private static void Two(string folder, long events, List<Row> rows)
    {
        using PersistBench bench = new(folder, 2);
        _ = bench.Run(50_000, 0, Text200);
        Add(rows, "eventd.persist.2", "events/s", bench.Run(events / 2, 0, Text200).PerSecond, 29_000);
    }

    /// <summary>Payloads of 200 bytes, as journald's messages were; then the queries over a million.</summary>
    private static void Messages(string folder, long events, List<Row> rows)
    {
        using PersistBench bench = new(folder, 1);
        PersistBench.Result run = bench.Run(Math.Max(events, 1_000_000), 0, 190);
        Add(rows, "eventd.persist.message200", "events/s", run.PerSecond, 25_400);
        Add(rows, "eventd.disk.message200", "bytes/event", (double)bench.StoreBytes() / Math.Max(events, 1_000_000), 674);
        string path = bench.Settings.QuerySocketPath;
        Add(rows, "eventd.query.last100", "ms", QueryBench.Best(path, "EVENTS bench.type.0042 TAKE 100", 10).Milliseconds, 13);
        Add(rows, "eventd.query.last100.rare", "ms", QueryBench.Best(path, $"EVENTS {Producer.RareType} TAKE 100", 3).Milliseconds, 40);
        Add(rows, "eventd.query.scan", "ms", QueryBench.Best(path, "EVENTS *needle*", 3).Milliseconds, 4100);
        _ = QueryBench.Best(path, "EVENTS INDEX event_type", 1);
        bench.WaitForIndex();
        Add(rows, "eventd.query.last100.indexed", "ms", QueryBench.Best(path, $"EVENTS {Producer.RareType} TAKE 100", 10).Milliseconds, 13);
    }

    /// <summary>Live output at the rate that was asked for, and at ten times that.</summary>
    private static void Follow(string folder, string output, List<Row> rows)
    {
        foreach (int rate in (int[])[20_000, 200_000])
        {
            using PersistBench bench = new(folder, 1);
            _ = bench.Run(100, 0, Text200);
            (long stored, long printed, long skipped, double cpu) = FollowBench.Run(bench, output, rate * 5L, rate);
            string name = string.Create(CultureInfo.InvariantCulture, $"eventd.follow.{rate / 1000}k");
            Add(rows, name + ".stored", "events", stored, null);
            Add(rows, name + ".printed", "events", printed, null);
            Add(rows, name + ".skipped", "events", skipped, null);
            Add(rows, name + ".silent", "events", stored - printed - skipped, null);
            Add(rows, name + ".evctl.cpu", "us/event", cpu, null);
        }
    }

    private static string[] Journald(string folder, long events)
    {
        string script = Path.Combine(Repository.Root, "tests", "EventBench", "peers", "journald.sh");
        ProcessStartInfo start = new(script, [folder, (Math.Max(1_000_000, events) / 2).ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException(script);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Add(List<Row> rows, string name, string unit, double value, double? journald)
    {
        rows.Add(new Row(name, unit, value, journald is null ? new Dictionary<string, double>() : new() { ["journald"] = journald.Value }));
        string peer = journald is null ? "" : string.Create(CultureInfo.InvariantCulture, $"   (journald, measured before: {journald:0.##})");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {value,12:0.###} {unit}{peer}"));
    }
}
