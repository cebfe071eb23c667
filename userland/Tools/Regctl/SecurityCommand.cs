// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary><c>regctl sd</c>: a key's descriptor as SDDL.</summary>
internal static class SecurityCommand
{
    private static SddlOptions Options(ToolContext context) => new(SddlObjectKind.RegistryKey, context.Raw);

    /// <summary>Runs it.</summary>
    public static ExitCode Run(ToolContext context)
    {
        using RegistrySession? session = RegistrySession.Connect(context, out ExitCode exit);
        if (session is null)
        {
            return exit;
        }

        string path = RegistrySession.Show(context.Operands[0]);
        return context.Operands.Count == 1 ? Show(context, session, path) : Set(context, session, path);
    }

    private static ExitCode Show(ToolContext context, RegistrySession session, string path)
    {
        bool sacl = context.Arguments.Has("--sacl");
        SecurityParts parts = SecurityParts.Owner | SecurityParts.Group | SecurityParts.Dacl | (sacl ? SecurityParts.Sacl : SecurityParts.None);
        using RegistryKey? key = session.Open(path, KeyRights.ReadControl | (sacl ? KeyRights.AccessSystemSecurity : KeyRights.None));
        if (key is null)
        {
            return session.Exit;
        }

        if (!key.GetSecurity(parts).TryGet(out byte[]? descriptor, out Errno error))
        {
            return session.Failed(path, error);
        }

        if (!Sddl.TryFormat(descriptor, Options(context), out string text, out SddlError problem))
        {
            return context.Fail(ExitCode.Failed, $"{path}: {problem}");
        }

        if (context.Json)
        {
            context.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("key", path);
                json.WriteString("sddl", text);
                json.WriteEndObject();
            });
        }
        else
        {
            context.Out.WriteLine(text);
        }

        return ExitCode.Success;
    }

    private static ExitCode Set(ToolContext context, RegistrySession session, string path)
    {
        if (!Sddl.TryParse(context.Operands[1], Options(context), out byte[] descriptor, out SddlError problem) ||
            !SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd))
        {
            return context.Fail(ExitCode.InvalidInput, problem.ToString(), "EINVAL");
        }

        SecurityParts parts = SecurityParts.None;
        KeyRights rights = KeyRights.None;
        Need(!sd.Owner.IsNone, SecurityParts.Owner, KeyRights.WriteOwner, ref parts, ref rights);
        Need(!sd.Group.IsNone, SecurityParts.Group, KeyRights.WriteOwner, ref parts, ref rights);
        Need(sd.HasDacl, SecurityParts.Dacl, KeyRights.WriteDac, ref parts, ref rights);
        Need(!sd.Sacl.IsEmpty, SecurityParts.Sacl, KeyRights.AccessSystemSecurity, ref parts, ref rights);
        if (parts == SecurityParts.None)
        {
            return context.Fail(ExitCode.InvalidInput, "SDDL names no part to replace", "EINVAL");
        }

        using RegistryKey? key = session.Open(path, rights);
        if (key is null)
        {
            return session.Exit;
        }

        Errno error = key.SetSecurity(parts, descriptor);
        return error.Ok ? ExitCode.Success : session.Failed(path, error);
    }

    private static void Need(bool present, SecurityParts part, KeyRights right, ref SecurityParts parts, ref KeyRights rights)
    {
        if (present)
        {
            parts |= part;
            rights |= right;
        }
    }
}
