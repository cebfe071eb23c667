// SPDX-License-Identifier: MIT
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl start</c>, <c>stop</c>, <c>restart</c>, <c>reload</c> and <c>reset</c> (CLI-016).</summary>
internal static class StartCommand
{
    internal static ExitCode Start(ToolContext context) => Run(context, ControlMessage.Start);

    internal static ExitCode Stop(ToolContext context) => Run(context, ControlMessage.Stop);

    internal static ExitCode Restart(ToolContext context) => Run(context, ControlMessage.Restart);

    internal static ExitCode Reload(ToolContext context) => Run(context, ControlMessage.Reload);

    internal static ExitCode Reset(ToolContext context) => Run(context, ControlMessage.Reset);

    private static ExitCode Run(ToolContext context, string command)
    {
        bool wait = context.Arguments.Has(SvctlTool.Wait);
        bool noWait = context.Arguments.Has(SvctlTool.NoWait);
        if (wait && noWait)
        {
            return context.Fail(ExitCode.Usage, $"{SvctlTool.Wait} and {SvctlTool.NoWait} exclude each other");
        }

        byte[] request = ControlMessage.Request(command, "service", context.Operands[0], wait ? true : noWait ? false : null);
        ExitCode code = ControlClient.Ask(context, request, out JsonObject? answer);
        if (code != ExitCode.Success)
        {
            return code;
        }

        if (context.Json)
        {
            return AnswerJson.Print(context, answer!);
        }

        string? mode = Fields.Text(answer!, "mode");
        string tail = mode is not null ? $" ({mode})" : noWait ? $", operation {Fields.Text(answer!, "operation_id")}" : string.Empty;
        context.Out.WriteLine(Table.Printable($"{Fields.Text(answer!, "service")}: {Fields.Text(answer!, "state")}{tail}"));
        StatusCommand.Warnings(context, answer!);
        return ExitCode.Success;
    }
}
