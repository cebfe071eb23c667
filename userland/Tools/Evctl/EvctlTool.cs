// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary>The <c>evctl</c> tool: read events and logs, emit events, look at the rings (CLI-021).</summary>
internal sealed class EvctlTool : ITool
{
    internal const string Socket = "--socket";
    internal const string Format = "--format";
    internal const string ShowQuery = "--show-query";
    internal const string File = "--file";
    internal const string Since = "--since";
    internal const string Until = "--until";
    internal const string Where = "--where";
    internal const string Number = "--number";
    internal const string Logs = "--logs";
    internal const string Interval = "--interval";

    private static readonly ToolOption[] s_range =
    [
        new(Since, "from this time on: \"5m ago\", today, 2026-11-20T13:00:00", Value: "TIME"),
        new(Until, "before this time", Value: "TIME"),
        new(Where, "condition of the query language; may be repeated", Value: "COND", Repeatable: true),
        new(Number, "at most N records, the newest", Value: "N", Short: "-n"),
    ];

    /// <inheritdoc/>
    public string Name => "evctl";

    /// <inheritdoc/>
    public string Summary => "query events and logs, emit events";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } =
    [
        new(Socket, "eventd's query socket", Value: "PATH", Short: "-s"),
        new(Format, "pretty, jsonl or msgpack", Value: "FORMAT", Short: "-f"),
        new(ShowQuery, "print the query instead of running it"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("", "QUERY|-", 0, ToolCommand.Unlimited, "run a query; - reads it from standard input", QueryCommand.Raw)
        {
            Options = [new(File, "read the query from a file", Value: "PATH")],
        },
        new("events", "[GLOB]", 0, 1, "events of the types that match", QueryCommand.Events) { Options = s_range },
        new("logs", "[ORIGIN…]", 0, ToolCommand.Unlimited, "log lines of these services", QueryCommand.Logs) { Options = s_range },
        new("follow", "[GLOB]", 0, 1, "events, and later ones as they are stored", QueryCommand.Follow)
        {
            Options = [new(Logs, "log lines of ORIGIN instead (* for all)", Value: "ORIGIN")],
        },
        new("emit", "TYPE [KEY=VALUE…]", 1, ToolCommand.Unlimited, "emit one event with these fields", EmitCommand.Run),
        new("rings", "", 0, 0, "the kernel's rings, one line a CPU", RingsCommand.Run)
        {
            Options = [new(Interval, "measure events a second over SEC seconds", Value: "SEC")],
        },
    ];
}
