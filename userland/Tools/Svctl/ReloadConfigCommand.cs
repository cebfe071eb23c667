// SPDX-License-Identifier: MIT
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl reload-config</c>.</summary>
internal static class ReloadConfigCommand
{
    internal static ExitCode Run(ToolContext context)
    {
        ExitCode code = ControlClient.Ask(context, ControlMessage.Request(ControlMessage.ReloadConfig), out JsonObject? answer);
        if (code == ExitCode.Success && context.Json)
        {
            return AnswerJson.Print(context, answer!);
        }

        if (code == ExitCode.Success)
        {
            context.Out.WriteLine("configuration reloaded");
        }

        return code;
    }
}
