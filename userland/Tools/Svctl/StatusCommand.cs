// SPDX-License-Identifier: MIT
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl status SERVICE</c>.</summary>
internal static class StatusCommand
{
    internal static ExitCode Run(ToolContext context)
    {
        byte[] request = ControlMessage.Request(ControlMessage.Status, "service", context.Operands[0]);
        ExitCode code = ControlClient.Ask(context, request, out JsonObject? answer);
        if (code != ExitCode.Success)
        {
            return code;
        }

        return context.Json ? AnswerJson.Print(context, answer!) : Print(context, answer!);
    }

    private static ExitCode Print(ToolContext context, JsonObject answer)
    {
        Line(context, "service", Fields.Text(answer, "service"));
        Line(context, "description", Fields.Text(answer, "description"));
        Line(context, "state", Fields.Text(answer, "state"));
        Line(context, "cause", Fields.Text(answer, "cause"));
        Line(context, "uptime", Fields.Duration(answer, "uptime_seconds"));
        Line(context, "health", Fields.Text(answer, "health"));
        Line(context, "status", Fields.Text(answer, "status_text"));
        if (answer.TryGetObject("current_job", out JsonObject? job))
        {
            Line(context, "pid", Fields.Number(job!, "pid"));
            Line(context, "identity", Fields.Text(job!, "identity"));
            Line(context, "started", Fields.Text(job!, "started_at"));
            Line(context, "job", Fields.Text(job!, "id"));
        }

        if (answer.TryGetObject("current_operation", out JsonObject? operation))
        {
            Line(context, "operation", $"{Fields.Text(operation!, "id")} {Fields.Text(operation!, "type")} ({Fields.Text(operation!, "source")})");
        }

        Warnings(context, answer);
        return ExitCode.Success;
    }

    internal static void Warnings(ToolContext context, JsonObject answer)
    {
        if (answer.TryGetObjects("warnings", out JsonObject[] warnings))
        {
            foreach (JsonObject warning in warnings)
            {
                context.Warn($"warning: {Fields.Text(warning, "path")}: {Fields.Text(warning, "message")}");
            }
        }
    }

    private static void Line(ToolContext context, string name, string? value) =>
        context.Out.WriteLine($"{name + ":",-13}{Table.Printable(value ?? "-")}");
}
