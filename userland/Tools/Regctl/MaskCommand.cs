// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl mask</c>, <c>unmask</c> and <c>hide</c>: what a layer takes away from those below it.</summary>
internal static class MaskCommand
{
    /// <summary>Writes a tombstone, or the blanket with <c>--all</c>.</summary>
    public static ExitCode Mask(ToolContext context) => Change(context, mask: true);

    /// <summary>Removes it.</summary>
    public static ExitCode Unmask(ToolContext context) => Change(context, mask: false);

    /// <summary>Hides a key.</summary>
    public static ExitCode Hide(ToolContext context) =>
        WithKey(context, KeyRights.Delete, static (_, key, layer) => key.Hide(layer));

    private static ExitCode Change(ToolContext context, bool mask)
    {
        bool all = context.Arguments.Has("--all");
        if (all == (context.Operands.Count == 2))
        {
            return context.Fail(ExitCode.Usage, "give either VALUE or --all");
        }

        string name = all ? "" : RegistrySession.ValueName(context.Operands[1]);
        return WithKey(context, KeyRights.SetValue, (_, key, layer) =>
            all ? key.SetBlanket(mask, layer)
            : mask ? key.Set(name, new RegistryValue(RegistryValueType.Tombstone, []), layer)
            : key.DeleteValue(name, layer));
    }

    private static ExitCode WithKey(ToolContext context, KeyRights rights, Func<ToolContext, RegistryKey, string, Errno> act)
    {
        if (context.Arguments.Value("--layer") is not { } layer)
        {
            return context.Fail(ExitCode.Usage, "--layer is required");
        }

        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        string path = RegistrySession.Show(context.Operands[0]);
        using RegistryKey? key = session.Open(path, rights);
        if (key is null)
        {
            return session.Exit;
        }

        Errno error = act(context, key, layer);
        return error.Ok ? ExitCode.Success : session.FailedWrite(path, layer, error);
    }
}
