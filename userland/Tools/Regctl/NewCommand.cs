// SPDX-License-Identifier: MIT
using System.Text;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl new</c>: creates a key or a link.</summary>
internal static class NewCommand
{
    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        string path = RegistrySession.Show(context.Operands[0]);
        string layer = context.Arguments.Value("--layer") ?? "";
        string? target = context.Arguments.Value("--link");
        CreateOptions options = (context.Arguments.Has("--volatile") ? CreateOptions.Volatile : CreateOptions.None) |
            (target is null ? CreateOptions.None : CreateOptions.Link);
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

        KeyRights rights = target is null ? KeyRights.ReadControl : KeyRights.SetValue;
        using RegistryKey? key = session.Create(path, rights, options, layer, out bool created);
        if (key is null)
        {
            return session.Exit;
        }

        if (!created)
        {
            return parents && target is null ? ExitCode.Success : session.Failed(path, Errno.EEXIST);
        }

        if (target is not null)
        {
            Errno error = key.Set("", new RegistryValue(RegistryValueType.Link, Encoding.UTF8.GetBytes(target)), layer);
            if (!error.Ok)
            {
                return session.Failed(path, error);
            }
        }

        return ExitCode.Success;
    }
}
