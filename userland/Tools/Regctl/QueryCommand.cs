// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text.Json;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl query</c>: values, of one key or of a tree.</summary>
internal static class QueryCommand
{
    private const int MaxDepth = 4096;
    private const KeyRights Rights = KeyRights.QueryValue | KeyRights.EnumerateSubKeys;

    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        if (!TryDepth(context, out int depth))
        {
            return context.Fail(ExitCode.Usage, "--depth takes a number from 0 to 4096");
        }

        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        string path = RegistrySession.Show(context.Operands[0]);
        using RegistryKey? key = session.Open(path, depth > 0 ? Rights : KeyRights.QueryValue);
        if (key is null)
        {
            return session.Exit;
        }

        return context.Operands.Count == 2
            ? One(context, session, key, path, context.Operands[1])
            : depth > 0 ? Tree(context, session, key, path, depth) : Flat(context, session, key, path);
    }

    private static bool TryDepth(ToolContext context, out int depth)
    {
        depth = context.Arguments.Has("--recursive") ? MaxDepth : 0;
        string? given = context.Arguments.Value("--depth");
        return given is null || (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out depth) && depth <= MaxDepth);
    }

    private static ExitCode One(ToolContext context, RegistrySession session, RegistryKey key, string path, string operand)
    {
        string name = RegistrySession.ValueName(operand);
        if (!key.QueryStored(name).TryGet(out StoredValue stored, out Errno error))
        {
            return session.Failed($"{path} {RegistrySession.ShowValue(name)}", error);
        }

        bool bytes = context.Arguments.Has("--bytes");
        if (context.Json)
        {
            context.WriteJson(json => Put(json, name, stored.Value, stored, bytes));
            return ExitCode.Success;
        }

        Table table = NewTable(context);
        Add(context, table, name, stored.Value, stored);
        context.Write(table);
        return ExitCode.Success;
    }

    private static ExitCode Flat(ToolContext context, RegistrySession session, RegistryKey key, string path)
    {
        if (!key.Values().TryGet(out NamedValue[]? values, out Errno error))
        {
            return session.Failed(path, error);
        }

        if (context.Json)
        {
            context.WriteJson(json => PutKey(context, json, key, path, values));
            return ExitCode.Success;
        }

        context.Write(Fill(context, key, values));
        return ExitCode.Success;
    }

    // Every key under its own heading, those at the last level too.
    private static ExitCode Tree(ToolContext context, RegistrySession session, RegistryKey key, string path, int depth)
    {
        string[]? children = [];
        if (!key.Values().TryGet(out NamedValue[]? values, out Errno error) || (depth > 0 && !key.SubKeyNames().TryGet(out children, out error)))
        {
            return session.Failed(path, error);
        }

        if (context.Json)
        {
            // One object per key: a tree may be larger than memory is worth.
            context.WriteJson(json => PutKey(context, json, key, path, values));
        }
        else
        {
            context.Out.WriteLine($"[{Table.Printable(path)}]");
            context.Write(Fill(context, key, values));
            context.Out.WriteLine();
        }

        ExitCode exit = ExitCode.Success;
        foreach (string child in children)
        {
            string childPath = path + "\\" + child;
            using RegistryKey? opened = session.Open(childPath, Rights);
            ExitCode result = opened is null ? session.Exit : Tree(context, session, opened, childPath, depth - 1);
            exit = result == ExitCode.Success ? exit : result;
        }

        return exit;
    }

    private static Table Fill(ToolContext context, RegistryKey key, NamedValue[] values)
    {
        Table table = NewTable(context);
        foreach (NamedValue value in values)
        {
            Add(context, table, value.Name, value.Value, Origin(context, key, value.Name));
        }

        return table;
    }

    // The listing has no layers; they cost a call each, so only on demand.
    private static StoredValue? Origin(ToolContext context, RegistryKey key, string name) =>
        context.Arguments.Has("--layer-info") && key.QueryStored(name).TryGet(out StoredValue stored) ? stored : null;

    private static Table NewTable(ToolContext context) =>
        context.Arguments.Has("--layer-info") ? new Table("NAME", "TYPE", "DATA", "LAYER", "#SEQUENCE") : new Table("NAME", "TYPE", "DATA");

    private static void Add(ToolContext context, Table table, string name, in RegistryValue value, StoredValue? origin)
    {
        string data = ValueText.Show(value, context.Arguments.Has("--bytes"));
        if (context.Arguments.Has("--layer-info"))
        {
            table.Add(RegistrySession.ShowValue(name), ValueText.TypeName(value.Type), data, origin?.Layer, origin?.Sequence.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            table.Add(RegistrySession.ShowValue(name), ValueText.TypeName(value.Type), data);
        }
    }

    private static void PutKey(ToolContext context, Utf8JsonWriter json, RegistryKey key, string path, NamedValue[] values)
    {
        json.WriteStartObject();
        json.WriteString("key", path);
        json.WriteStartArray("values");
        foreach (NamedValue value in values)
        {
            Put(json, value.Name, value.Value, Origin(context, key, value.Name), context.Arguments.Has("--bytes"));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Put(Utf8JsonWriter json, string name, in RegistryValue value, StoredValue? origin, bool bytes)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        ValueText.WriteJson(json, value, bytes);
        if (origin is { } stored)
        {
            json.WriteString("layer", stored.Layer);
            json.WriteNumber("sequence", stored.Sequence);
        }

        json.WriteEndObject();
    }
}
