// SPDX-License-Identifier: MIT
using System;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary>Events for people: one row each, payload fields behind the type; identities only in jsonl and msgpack.</summary>
internal sealed class EventLines(ToolContext context) : IRecordSink
{
    private static readonly string[] s_columns = ["timestamp", "event_type", "cpu_id", "sequence"];
    private static readonly string[] s_hidden =
        ["origin_class", "effective_token_guid", "true_token_guid", "process_guid", "boot_id"];

    private Table _table = NewTable();
    private bool _printed;

    public void Add(ReadOnlySpan<byte> record)
    {
        RecordView view = new(record, s_columns, s_hidden);
        _table.Add(view.Time(), view["cpu_id"], view["sequence"], view["event_type"], view.Rest);
    }

    public void Flush()
    {
        if (_table.Count > 0 || !_printed)
        {
            _table.Print(context.Out, !_printed && !context.Arguments.Has(CommonOptions.NoHeader), context.UseColour, context.TerminalWidth);
            _table = NewTable();
            _printed = true;
        }
    }

    private static Table NewTable() => new("TIME", "#CPU", "#SEQ", "TYPE", "FIELDS") { WrapLast = true };
}
