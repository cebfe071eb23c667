// SPDX-License-Identifier: MIT
using System;
using Tools.Frame;

namespace Tools.Evctl;

/// <summary>Log records for people: time, origin, text; error lines carry a mark.</summary>
internal sealed class LogLines(ToolContext context) : IRecordSink
{
    private static readonly string[] s_columns = ["timestamp", "origin", "is_error", "message"];
    private static readonly string[] s_hidden = ["boot_id"];

    private Table _table = NewTable();
    private bool _printed;

    public void Add(ReadOnlySpan<byte> record)
    {
        RecordView view = new(record, s_columns, s_hidden);
        _table.Add(view.Time(), view["origin"], view["is_error"] == "true" ? "!" : " ", view["message"] ?? view.Rest);
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

    private static Table NewTable() => new("TIME", "ORIGIN", "E", "MESSAGE") { WrapLast = true };
}
