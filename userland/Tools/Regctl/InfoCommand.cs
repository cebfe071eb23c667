// SPDX-License-Identifier: MIT
using System.Globalization;
using Peios.Interop;
using Peios.Interop.Registry;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl info</c>: a key's figures.</summary>
internal static class InfoCommand
{
    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        string path = RegistrySession.Show(context.Operands[0]);
        using RegistryKey? key = session.Open(path, KeyRights.ReadControl, context.Arguments.Has("--no-follow"));
        if (key is null)
        {
            return session.Exit;
        }

        if (!key.Info(out string name).TryGet(out KeyInfo info, out Errno error))
        {
            return session.Failed(path, error);
        }

        if (context.Json)
        {
            context.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("written", ListCommand.ShowTime(info.LastWriteTime));
                json.WriteNumber("subkeys", info.SubKeys);
                json.WriteNumber("values", info.Values);
                json.WriteNumber("max_subkey_name", info.MaxSubKeyName);
                json.WriteNumber("max_value_name", info.MaxValueName);
                json.WriteNumber("max_value_data", info.MaxValueData);
                json.WriteNumber("descriptor_size", info.DescriptorSize);
                json.WriteBoolean("volatile", info.Volatile);
                json.WriteBoolean("link", info.Link);
                json.WriteNumber("hive_generation", info.Generation);
                json.WriteEndObject();
            });
            return ExitCode.Success;
        }

        Table table = new("FIELD", "VALUE");
        table.Add("name", name);
        table.Add("written", ListCommand.ShowTime(info.LastWriteTime));
        Add(table, "subkeys", info.SubKeys);
        Add(table, "values", info.Values);
        Add(table, "longest subkey name", info.MaxSubKeyName);
        Add(table, "longest value name", info.MaxValueName);
        Add(table, "largest value", info.MaxValueData);
        Add(table, "descriptor size", info.DescriptorSize);
        table.Add("volatile", info.Volatile ? "yes" : "no");
        table.Add("link", info.Link ? "yes" : "no");
        Add(table, "hive generation", info.Generation);
        context.Write(table);
        return ExitCode.Success;
    }

    private static void Add(Table table, string field, ulong number) => table.Add(field, number.ToString(CultureInfo.InvariantCulture));
}
