// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading;
using Peios.Interop;
using Peios.Interop.Kmes;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary><c>evctl rings</c>: the kernel's counters of each CPU's ring.</summary>
internal static class RingsCommand
{
    internal static ExitCode Run(ToolContext context)
    {
        double seconds = 0;
        string? interval = context.Arguments.Value(EvctlTool.Interval);
        if (interval is not null
            && (!double.TryParse(interval, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) || seconds is <= 0 or > 3600))
        {
            return context.Fail(ExitCode.Usage, "--interval takes seconds, above 0 and at most 3600");
        }

        if (!KmesDevice.Open().TryGet(out KmesDevice? device, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"{KmesDevice.Path}: {error}", error.ToString());
        }

        using (device)
        {
            error = Read(device, out List<KmesStats> before);
            ulong start = Clock.Monotonic;
            List<KmesStats> now = before;
            if (error.Ok && seconds > 0)
            {
                // The one wait here that is for a time: the user asked what happens within these seconds.
                Thread.Sleep(TimeSpan.FromSeconds(seconds));
                error = Read(device, out now);
            }

            if (!error.Ok)
            {
                return context.Fail(
                    error == Errno.EPERM ? ExitCode.Denied : ExitCode.Failed,
                    error == Errno.EPERM ? "reading the rings needs SeSecurityPrivilege (EPERM)" : error.ToString(), error.ToString());
            }

            Gaps(context, now.Count, out long?[] lost);
            Print(context, before, now, lost, seconds > 0 ? (Clock.Monotonic - start) / 1e9 : 0);
        }

        return ExitCode.Success;
    }

    private static Errno Read(KmesDevice device, out List<KmesStats> rings)
    {
        rings = [];
        while (true)
        {
            if (!device.Stats((uint)rings.Count).TryGet(out KmesStats stats, out Errno error))
            {
                return error == Errno.EINVAL && rings.Count > 0 ? Errno.None : error;
            }

            rings.Add(stats);
        }
    }

    /// <summary>
    /// Events of this boot that eventd recorded as lost, by CPU; null when eventd is not there to say, or does not show
    /// its gap records to the caller.
    /// </summary>
    private static void Gaps(ToolContext context, int cpus, out long?[] lost)
    {
        lost = new long?[cpus];
        if (!Files.ReadSmall("/proc/sys/kernel/random/boot_id", 64).TryGet(out byte[]? boot))
        {
            return;
        }

        // Two exact types: eventd finds rare ones without reading the whole store. The start shows that it answers.
        string condition = $"WHERE boot_id == \"{Encoding.ASCII.GetString(boot).Trim()}\"";
        GapSum sum = new(lost);
        foreach (string query in (string[])[$"EVENTS synthetic.startup {condition} TAKE 1 SELECT event_type", $"EVENTS synthetic.gap {condition} SELECT cpu_id, count"])
        {
            if (!QueryClient.Connect(context.Arguments.Value(EvctlTool.Socket) ?? QueryClient.DefaultSocket).TryGet(out QueryClient? client))
            {
                return;
            }

            using (client)
            {
                client.Send(query);
                while (client.Receive(out (byte[] Bytes, int Offset, int Count) records, out _) == QueryClient.Answer.Records)
                {
                    RecordSinks.Feed(sum, records);
                }
            }
        }
    }

    private static void Print(ToolContext context, List<KmesStats> before, List<KmesStats> now, long?[] lost, double seconds)
    {
        if (context.Json)
        {
            context.WriteJson(w => Json(w, before, now, lost, seconds));
            return;
        }

        Table table = new("#CPU", "#KIB", "#FILL", "#EVENTS", "#PER-S", "#DROPPED", "#OVERWRITTEN", "#GAPS", "#READERS", "#GEN");
        for (int i = 0; i < now.Count; i++)
        {
            KmesStats s = now[i];
            table.Add(
                Text(i), Text(s.Capacity / 1024), Fill(s).ToString("0", CultureInfo.InvariantCulture) + "%", Text(s.Sequence),
                seconds > 0 ? Rate(before[i], s, seconds).ToString("0", CultureInfo.InvariantCulture) : null,
                Text(s.Dropped), Text(s.Overwritten), lost[i] is long gaps ? Text(gaps) : null, Text(s.Attached), Text(s.Generation));
        }

        context.Write(table);
    }

    private static void Json(Utf8JsonWriter w, List<KmesStats> before, List<KmesStats> now, long?[] lost, double seconds)
    {
        w.WriteStartObject();
        w.WriteStartArray("rings");
        for (int i = 0; i < now.Count; i++)
        {
            w.WriteStartObject();
            w.WriteNumber("cpu", i);
            w.WriteNumber("capacity", now[i].Capacity);
            w.WriteNumber("used", now[i].WritePosition - now[i].TailPosition);
            w.WriteNumber("events", now[i].Sequence);
            if (seconds > 0)
            {
                w.WriteNumber("events_per_second", Rate(before[i], now[i], seconds));
            }

            w.WriteNumber("dropped", now[i].Dropped);
            w.WriteNumber("overwritten", now[i].Overwritten);
            if (lost[i] is long gaps)
            {
                w.WriteNumber("gaps", gaps);
            }

            w.WriteNumber("readers", now[i].Attached);
            w.WriteNumber("generation", now[i].Generation);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static double Fill(KmesStats s) => 100.0 * (s.WritePosition - s.TailPosition) / s.Capacity;

    private static double Rate(KmesStats before, KmesStats now, double seconds) => (now.Sequence - before.Sequence) / seconds;

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
