// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Threading;
using Peios.Interop;
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>svctl op ID</c>, with <c>--wait</c> until the operation has ended.</summary>
internal static class OperationCommand
{
    private const int PollMilliseconds = 100;

    internal static ExitCode Run(ToolContext context)
    {
        string id = context.Operands[0];
        if (!Guid.TryParseExact(id, "D", out _))
        {
            return context.Fail(ExitCode.InvalidInput, $"{id} is no operation: --no-wait and --json print its GUID", "EINVAL");
        }

        byte[] request = ControlMessage.Request(ControlMessage.OperationStatus, "operation_id", id);
        bool wait = context.Arguments.Has(SvctlTool.Wait);
        ulong end = uint.TryParse(context.Arguments.Value(SvctlTool.Timeout), NumberStyles.None, CultureInfo.InvariantCulture, out uint s)
            ? Clock.Monotonic + (s * 1_000_000_000UL)
            : ulong.MaxValue;
        for (; ; )
        {
            ExitCode code = ControlClient.Ask(context, request, out JsonObject? answer);
            if (code != ExitCode.Success)
            {
                return code;
            }

            string state = Fields.Text(answer!, "state") ?? string.Empty;
            if (!wait || state is not ("pending" or "running"))
            {
                return Print(context, answer!, state, wait);
            }

            if (Clock.Monotonic >= end)
            {
                return context.Fail(ExitCode.Unreachable, "the operation has not ended in time", ControlMessage.Timeout);
            }

            // peinit answers this command at once (PEINIT-385): nothing in the protocol waits for an operation that
            // somebody else began, so its state has to be asked for again.
            Thread.Sleep(PollMilliseconds);
        }
    }

    private static ExitCode Print(ToolContext context, JsonObject answer, string state, bool wait)
    {
        if (context.Json)
        {
            _ = AnswerJson.Print(context, answer);
        }
        else
        {
            Table table = new("TYPE", "SERVICE", "STATE", "SOURCE", "RESULT");
            table.Add(
                Fields.Text(answer, "type"), Fields.Text(answer, "service"), state, Fields.Text(answer, "source"), Fields.Text(answer, "result"));
            context.Write(table);
        }

        return wait && state is not ("completed" or "merged") ? ExitCode.Failed : ExitCode.Success;
    }
}
