// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl watch</c>: one line per change.</summary>
internal static class WatchCommand
{
    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        if (!TryFilter(context.Arguments.Value("--filter"), out WatchFilter filter))
        {
            return context.Fail(ExitCode.Usage, "--filter takes value, subkey and sd, joined by commas");
        }

        long left = long.MaxValue;
        if (context.Arguments.Value("--count") is { } count && (!long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out left) || left == 0))
        {
            return context.Fail(ExitCode.Usage, "--count takes a number above 0");
        }

        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        string path = RegistrySession.Show(context.Operands[0]);
        using RegistryKey? key = session.Open(path, KeyRights.Notify);
        if (key is null)
        {
            return session.Exit;
        }

        if (!key.Watch(filter, context.Arguments.Has("--subtree")).TryGet(out RegistryWatch? watch, out Errno error))
        {
            return session.Failed(path, error);
        }

        // Whoever starts this and then changes something needs to know that the watch stands.
        context.Warn($"watching {path}");
        while (left > 0)
        {
            error = watch.Read();
            if (!error.Ok)
            {
                return session.Failed(path, error);
            }

            while (left > 0 && watch.TryNext(out WatchEvent change))
            {
                Print(context, path, change);
                left--;
            }

            context.Out.Flush();
        }

        return ExitCode.Success;
    }

    private static bool TryFilter(string? text, out WatchFilter filter)
    {
        filter = text is null ? WatchFilter.All : WatchFilter.None;
        foreach (string word in text?.Split(',') ?? [])
        {
            WatchFilter one = word switch
            {
                "value" => WatchFilter.Values,
                "subkey" => WatchFilter.SubKeys,
                "sd" => WatchFilter.Security,
                _ => WatchFilter.None,
            };
            if (one == WatchFilter.None)
            {
                return false;
            }

            filter |= one;
        }

        return true;
    }

    private static string NameOf(WatchEventType type) => type switch
    {
        WatchEventType.ValueSet => "VALUE_SET",
        WatchEventType.ValueDeleted => "VALUE_DELETED",
        WatchEventType.SubKeyCreated => "SUBKEY_CREATED",
        WatchEventType.SubKeyDeleted => "SUBKEY_DELETED",
        WatchEventType.SecurityChanged => "SD_CHANGED",
        WatchEventType.KeyDeleted => "KEY_DELETED",
        WatchEventType.Overflow => "OVERFLOW",
        _ => "UNKNOWN",
    };

    private static void Print(ToolContext context, string watched, WatchEvent change)
    {
        string key = change.Path.Length == 0 ? watched : watched + "\\" + string.Join('\\', change.Path);
        bool isValue = change.Type is WatchEventType.ValueSet or WatchEventType.ValueDeleted;
        if (context.Json)
        {
            context.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("event", NameOf(change.Type));
                json.WriteString("key", key);
                if (isValue || change.Name.Length > 0)
                {
                    json.WriteString("name", change.Name);
                }

                json.WriteEndObject();
            });
            return;
        }

        string name = isValue ? RegistrySession.ShowValue(change.Name) : change.Name;
        context.Out.WriteLine(Table.Printable($"{NameOf(change.Type),-14}  {key}  {name}").TrimEnd());
    }
}
