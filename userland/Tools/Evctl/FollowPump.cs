// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary>
/// Prints a stream as it comes. Reading has a thread of its own: eventd ends the stream of a client that does not read
/// (EVT-211), and a terminal may be slow. What the output cannot take is skipped, and it says how much.
/// </summary>
/// <param name="client">The stream.</param>
/// <param name="maxWaitingBytes">What may wait for the output.</param>
internal sealed class FollowPump(QueryClient client, int maxWaitingBytes = 32 * 1024 * 1024)
{
    private readonly object _lock = new();
    private readonly Queue<(byte[] Bytes, int Offset, int Count)> _waiting = [];
    private QueryClient.Answer? _end;
    private string _problem = string.Empty;
    private long _bytes;
    private long _skipped;
    private long _skippedBefore;

    /// <summary>Records that were not printed, so far.</summary>
    internal long Skipped
    {
        get
        {
            lock (_lock)
            {
                return _skippedBefore + _skipped;
            }
        }
    }

    /// <summary>Prints until the stream ends, or the output does.</summary>
    /// <param name="context">For remarks.</param>
    /// <param name="sink">The format.</param>
    /// <param name="problem">Why it ended.</param>
    internal QueryClient.Answer Run(ToolContext context, IRecordSink sink, out string problem)
    {
        new Thread(Read, 256 * 1024) { IsBackground = true, Name = "reader" }.Start();
        while (true)
        {
            (byte[] Bytes, int Offset, int Count) records;
            long skipped;
            lock (_lock)
            {
                while (_waiting.Count == 0 && _end is null)
                {
                    _ = Monitor.Wait(_lock);
                }

                if (_waiting.Count == 0)
                {
                    problem = _problem;
                    return _end!.Value;
                }

                records = _waiting.Dequeue();
                _bytes -= records.Bytes.Length;
                skipped = _skipped;
                _skippedBefore += skipped;
                _skipped = 0;
            }

            if (skipped > 0)
            {
                context.Warn($"{skipped} records skipped: the output is too slow");
            }

            RecordSinks.Feed(sink, records);
            sink.Flush();
            context.Out.Flush();
        }
    }

    /// <summary>Takes a message, or counts it as skipped.</summary>
    internal void Add((byte[] Bytes, int Offset, int Count) records)
    {
        lock (_lock)
        {
            while (_bytes + records.Bytes.Length > maxWaitingBytes && _waiting.Count > 0)
            {
                // The oldest go: whoever follows wants to see what happens now.
                (byte[] Bytes, int Offset, int Count) oldest = _waiting.Dequeue();
                _bytes -= oldest.Bytes.Length;
                _skipped += oldest.Count;
            }

            _waiting.Enqueue(records);
            _bytes += records.Bytes.Length;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Nothing more comes.</summary>
    internal void End(QueryClient.Answer answer, string problem)
    {
        lock (_lock)
        {
            _problem = problem;
            _end = answer;
            Monitor.Pulse(_lock);
        }
    }

    private void Read()
    {
        try
        {
            QueryClient.Answer answer;
            string problem;
            while ((answer = client.Receive(out (byte[] Bytes, int Offset, int Count) records, out problem)) == QueryClient.Answer.Records)
            {
                Add(records);
            }

            End(answer, problem);
        }
        catch (IOException e)
        {
            End(QueryClient.Answer.Broken, e.Message);
        }
    }
}
