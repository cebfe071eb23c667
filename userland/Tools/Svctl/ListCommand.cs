// SPDX-License-Identifier: MIT
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl list</c>.</summary>
internal static class ListCommand
{
    internal static ExitCode Run(ToolContext context)
    {
        ExitCode code = ControlClient.Ask(context, ControlMessage.Request(ControlMessage.List), out JsonObject? answer);
        if (code != ExitCode.Success)
        {
            return code;
        }

        if (context.Json)
        {
            return AnswerJson.Print(context, answer!);
        }

        bool wide = context.Arguments.Has(SvctlTool.Long);
        Table table = wide
            ? new Table("SERVICE", "STATE", "#PID", "#UPTIME", "HEALTH", "CAUSE")
            : new Table("SERVICE", "STATE", "CAUSE");
        _ = answer!.TryGetObjects("services", out JsonObject[] services);
        foreach (JsonObject s in services)
        {
            string? name = Fields.Text(s, "service");
            string? state = Fields.Text(s, "state");
            string? cause = Fields.Text(s, "cause");
            if (wide)
            {
                table.Add(name, state, Fields.Number(s, "pid"), Fields.Duration(s, "uptime_seconds"), Fields.Text(s, "health"), cause);
            }
            else
            {
                table.Add(name, state, cause);
            }
        }

        context.Write(table);
        return ExitCode.Success;
    }
}
