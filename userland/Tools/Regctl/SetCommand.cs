// SPDX-License-Identifier: MIT
using System.Globalization;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl set</c>: writes a value.</summary>
internal static class SetCommand
{
    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        string path = RegistrySession.Show(context.Operands[0]);
        string name = RegistrySession.ValueName(context.Operands[1]);
        string layer = context.Arguments.Value("--layer") ?? "";
        if (context.Arguments.Value("--type") is { } type && !ValueText.IsType(type))
        {
            return context.Fail(ExitCode.Usage, $"--type {type}: there are {ValueText.TypeNames}");
        }

        if (!ValueText.TryParse(context.Operands[2], context.Arguments.Value("--type"), out RegistryValue value))
        {
            return context.Fail(ExitCode.InvalidInput, $"'{context.Operands[2]}' does not fit its type (docs: regctl set --help)", "EINVAL");
        }

        ulong expected = 0;
        if (context.Arguments.Value("--if-sequence") is { } given && !ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out expected))
        {
            return context.Fail(ExitCode.Usage, "--if-sequence takes a number");
        }

        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        bool parents = context.Arguments.Has("--parents");
        if (parents && !session.CreateParents(path, layer))
        {
            return session.Exit;
        }

        using RegistryKey? key = parents
            ? session.Create(path, KeyRights.SetValue, CreateOptions.None, layer, out _)
            : session.Open(path, KeyRights.SetValue);
        if (key is null)
        {
            return session.Exit;
        }

        Errno error = key.Set(name, value, layer, expected);
        if (!error.Ok)
        {
            return session.FailedWrite($"{path} {RegistrySession.ShowValue(name)}", layer, error);
        }

        string typeName = ValueText.TypeName(value.Type);
        string written = layer.Length == 0 ? "base" : layer;
        if (context.Json)
        {
            context.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("key", path);
                json.WriteString("name", name);
                json.WriteString("type", typeName);
                json.WriteString("layer", written);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Out.WriteLine($"{Table.Printable(RegistrySession.ShowValue(name))}: {typeName} in layer {Table.Printable(written)}");
        }

        return ExitCode.Success;
    }
}
