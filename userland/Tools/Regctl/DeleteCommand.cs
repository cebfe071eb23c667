// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl delete</c>: a value, a key, a tree.</summary>
internal static class DeleteCommand
{
    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        string path = RegistrySession.Show(context.Operands[0]);
        string layer = context.Arguments.Value("--layer") ?? "";
        bool recursive = context.Arguments.Has("--recursive");
        if (recursive && context.Operands.Count == 2)
        {
            return context.Fail(ExitCode.Usage, "--recursive deletes keys, not a value");
        }

        // Else everything below would go before the kernel says that a hive stays.
        if (context.Operands.Count == 1 && !path.Contains('\\', StringComparison.Ordinal) && !CaseFold.Equal(path, "CurrentUser"))
        {
            return context.Fail(ExitCode.InvalidInput, $"{path}: a hive cannot be deleted", "EINVAL");
        }

        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        if (context.Operands.Count == 2)
        {
            return Value(session, path, context.Operands[1], layer);
        }

        // CLI-010: trees ask on a terminal, and need --yes off it.
        if (recursive && context.Confirm($"delete {path} and everything below it?") is ExitCode refused)
        {
            return refused;
        }

        return recursive ? Tree(session, path, layer) : Key(session, path, layer);
    }

    private static ExitCode Value(RegistrySession session, string path, string operand, string layer)
    {
        using RegistryKey? key = session.Open(path, KeyRights.SetValue | KeyRights.QueryValue);
        if (key is null)
        {
            return session.Exit;
        }

        string name = RegistrySession.ValueName(operand);
        // Deleting nothing is success for the kernel; a person wants to know.
        string what = $"{path} {RegistrySession.ShowValue(name)}";
        Errno error = key.Query(name).Error;
        if (!error.Ok)
        {
            return session.Failed(what, error);
        }

        error = key.DeleteValue(name, layer);
        return error.Ok ? ExitCode.Success : session.FailedWrite(what, layer, error);
    }

    private static ExitCode Key(RegistrySession session, string path, string layer)
    {
        using RegistryKey? key = session.Open(path, KeyRights.Delete, openLink: true);
        if (key is null)
        {
            return session.Exit;
        }

        Errno error = key.Delete(layer);
        return error.Ok ? ExitCode.Success : session.FailedWrite(path, layer, error);
    }

    private static ExitCode Tree(RegistrySession session, string path, string layer)
    {
        using (RegistryKey? key = session.Open(path, KeyRights.EnumerateSubKeys, openLink: true))
        {
            if (key is null)
            {
                return session.Exit;
            }

            if (!key.SubKeyNames().TryGet(out string[]? children, out Errno error))
            {
                return session.Failed(path, error);
            }

            foreach (string child in children)
            {
                ExitCode exit = Tree(session, path + "\\" + child, layer);
                if (exit != ExitCode.Success)
                {
                    return exit;
                }
            }
        }

        return Key(session, path, layer);
    }
}
