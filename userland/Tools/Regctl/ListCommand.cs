// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl list</c>: the subkeys of a key.</summary>
internal static class ListCommand
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
        using RegistryKey? key = session.Open(path, KeyRights.EnumerateSubKeys);
        if (key is null)
        {
            return session.Exit;
        }

        if (!key.SubKeys().TryGet(out NamedSubKey[]? children, out Errno error))
        {
            return session.Failed(path, error);
        }

        if (context.Json)
        {
            context.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (NamedSubKey child in children)
                {
                    json.WriteStartObject();
                    json.WriteString("name", child.Name);
                    json.WriteNumber("values", child.Info.Values);
                    json.WriteNumber("subkeys", child.Info.SubKeys);
                    json.WriteString("written", ShowTime(child.Info.LastWriteTime));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Success;
        }

        bool detailed = context.Arguments.Has("--long");
        Table table = detailed ? new Table("NAME", "#VALUES", "#SUBKEYS", "WRITTEN") : new Table("NAME", "#VALUES", "#SUBKEYS");
        foreach (NamedSubKey child in children)
        {
            string values = child.Info.Values.ToString(CultureInfo.InvariantCulture);
            string subkeys = child.Info.SubKeys.ToString(CultureInfo.InvariantCulture);
            if (detailed)
            {
                table.Add(child.Name, values, subkeys, ShowTime(child.Info.LastWriteTime));
            }
            else
            {
                table.Add(child.Name, values, subkeys);
            }
        }

        context.Write(table);
        return ExitCode.Success;
    }

    /// <summary>Unix nanoseconds as UTC.</summary>
    public static string ShowTime(ulong nanoseconds)
    {
        long ticks = (long)Math.Min(nanoseconds / 100, (ulong)(DateTime.MaxValue - DateTime.UnixEpoch).Ticks);
        return (DateTime.UnixEpoch + TimeSpan.FromTicks(ticks)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }
}
