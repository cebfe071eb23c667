// SPDX-License-Identifier: MIT
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl shutdown</c>, and what the tools <c>poweroff</c>, <c>reboot</c>, <c>halt</c> and <c>shutdown</c> do.</summary>
internal static class ShutdownCommand
{
    internal static ExitCode Run(ToolContext context) => context.Operands[0] is "poweroff" or "reboot" or "halt"
        ? Send(context, context.Operands[0])
        : context.Fail(ExitCode.Usage, "give one of poweroff, reboot, halt");

    internal static ExitCode Send(ToolContext context, string type)
    {
        byte[] request = ControlMessage.Request(ControlMessage.Shutdown, "type", type);
        ExitCode code = ControlClient.Ask(context, request, out JsonObject? answer);
        if (code == ExitCode.Success && context.Json)
        {
            return AnswerJson.Print(context, answer!);
        }

        if (code == ExitCode.Success)
        {
            context.Out.WriteLine($"the system is going down: {type}");
        }

        return code;
    }
}
