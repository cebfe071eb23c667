// SPDX-License-Identifier: MIT
using System.Text.Json;
using Peios.Ipc;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary>Prints an answer of peinit as the one document of <c>--json</c>: its fields without the envelope.</summary>
internal static class AnswerJson
{
    internal static ExitCode Print(ToolContext context, JsonObject answer)
    {
        context.WriteJson(writer => Write(writer, answer));
        return ExitCode.Success;
    }

    private static void Write(Utf8JsonWriter writer, JsonObject answer)
    {
        writer.WriteStartObject();
        foreach (string name in answer.Names)
        {
            if (name is not ("status" or "id"))
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(answer.Raw(name), skipInputValidation: true);
            }
        }

        writer.WriteEndObject();
    }
}
