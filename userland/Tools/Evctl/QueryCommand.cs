// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Peios.Interop;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary>Queries: given as text, or put together by a shortcut (CLI-021).</summary>
internal static class QueryCommand
{
    internal static ExitCode Raw(ToolContext context)
    {
        string? file = context.Arguments.Value(EvctlTool.File);
        string query = string.Join(' ', context.Operands);
        if ((file is null) == (query.Length == 0))
        {
            return context.Fail(ExitCode.Usage, "give a command (events, logs, follow, emit, rings) or one query: as operand, - for standard input, or --file");
        }

        if (file is not null)
        {
            if (!Files.ReadSmall(file).TryGet(out byte[]? text, out Errno error))
            {
                return context.Fail(error == Errno.ENOENT ? ExitCode.NotFound : ExitCode.Failed, $"{file}: {error}", error.ToString());
            }

            query = Encoding.UTF8.GetString(text);
        }
        else if (query == "-")
        {
            if (!StandardInput.ReadAll().TryGet(out byte[]? text, out Errno error))
            {
                return context.Fail(ExitCode.Failed, $"standard input: {error}", error.ToString());
            }

            query = Encoding.UTF8.GetString(text);
        }

        return Run(context, query.Trim());
    }

    internal static ExitCode Events(ToolContext context)
    {
        StringBuilder query = new("EVENTS");
        if (context.Operands.Count > 0)
        {
            query.Append(' ').Append(context.Operands[0]);
        }

        return Range(context, query);
    }

    internal static ExitCode Logs(ToolContext context)
    {
        StringBuilder query = new("LOGS");
        for (int i = 0; i < context.Operands.Count; i++)
        {
            query.Append(i == 0 ? " FROM " : ", ").Append(Quote(context.Operands[i]));
        }

        return Range(context, query);
    }

    internal static ExitCode Follow(ToolContext context)
    {
        string? origin = context.Arguments.Value(EvctlTool.Logs);
        if (origin is not null && context.Operands.Count > 0)
        {
            return context.Fail(ExitCode.Usage, "follow takes a pattern or --logs, not both");
        }

        string query = origin switch
        {
            null => context.Operands.Count > 0 ? $"EVENTS {context.Operands[0]}" : "EVENTS",
            "*" => "LOGS",
            _ => $"LOGS FROM {Quote(origin)}",
        };
        return Run(context, query + " STREAM TAKE 10");
    }

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static ExitCode Range(ToolContext context, StringBuilder query)
    {
        foreach ((string option, string clause) in new[] { (EvctlTool.Since, "SINCE"), (EvctlTool.Until, "UNTIL"), (EvctlTool.Number, "TAKE") })
        {
            if (context.Arguments.Value(option) is string value)
            {
                query.Append(' ').Append(clause).Append(' ').Append(value);
            }
        }

        foreach (string condition in context.Arguments.Values(EvctlTool.Where))
        {
            query.Append(" WHERE ").Append(condition);
        }

        return Run(context, query.ToString());
    }

    private static ExitCode Run(ToolContext context, string query)
    {
        if (context.Arguments.Has(EvctlTool.ShowQuery))
        {
            context.Out.WriteLine(query);
            return ExitCode.Success;
        }

        string format = context.Arguments.Value(EvctlTool.Format) ?? (context.Json ? "jsonl" : "pretty");
        IRecordSink? sink = RecordSinks.Create(format, context, query);
        if (sink is null)
        {
            return context.Fail(ExitCode.Usage, $"unknown format {format}: use pretty, jsonl or msgpack");
        }

        string path = context.Arguments.Value(EvctlTool.Socket) ?? QueryClient.DefaultSocket;
        if (!QueryClient.Connect(path).TryGet(out QueryClient? client, out Errno error))
        {
            return context.Fail(ExitCode.Unreachable, $"eventd does not answer at {path}: {error}", error.ToString());
        }

        using (client)
        {
            client.Send(query);
            return Receive(context, client, sink, IsStream(query));
        }
    }

    /// <summary>A stream prints as it comes; any other result only once it is complete.</summary>
    private static bool IsStream(string query)
    {
        foreach (string word in query.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Equals("STREAM", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static ExitCode Receive(ToolContext context, QueryClient client, IRecordSink sink, bool stream)
    {
        if (stream)
        {
            FollowPump pump = new(client);
            return Finish(context, pump.Run(context, sink, out string end), end);
        }

        List<(byte[] Bytes, int Offset, int Count)> kept = [];
        QueryClient.Answer answer;
        string problem;
        while ((answer = client.Receive(out (byte[] Bytes, int Offset, int Count) records, out problem)) == QueryClient.Answer.Records)
        {
            kept.Add(records);
        }

        if (answer == QueryClient.Answer.End)
        {
            kept.ForEach(records => RecordSinks.Feed(sink, records));
            sink.Flush();
        }

        return Finish(context, answer, problem);
    }

    private static ExitCode Finish(ToolContext context, QueryClient.Answer answer, string problem) => answer switch
    {
        QueryClient.Answer.End => ExitCode.Success,
        QueryClient.Answer.Error => context.Fail(Classify(problem), problem),
        _ => context.Fail(ExitCode.Unreachable, problem, "EPROTO"),
    };

    private static ExitCode Classify(string problem) =>
        problem.StartsWith("access denied", StringComparison.Ordinal) ? ExitCode.Denied
        : problem.StartsWith("too many", StringComparison.Ordinal) || problem.StartsWith("eventd is stopping", StringComparison.Ordinal) ? ExitCode.Unreachable
        : problem.StartsWith("the query ", StringComparison.Ordinal) || problem.StartsWith("the stream ", StringComparison.Ordinal) ? ExitCode.Failed
        : ExitCode.InvalidInput;
}
