// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>An object's descriptor as it was read, to be shown or checked.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Rights">What its bits mean.</param>
/// <param name="Descriptor">The bytes.</param>
/// <param name="Note">Where they came from when that is not the object itself; else empty.</param>
internal sealed record SdObject(string Name, ObjectRights Rights, byte[] Descriptor, string Note)
{
    /// <summary>Parts that READ_CONTROL gives.</summary>
    public const SecurityParts Usual = SecurityParts.Owner | SecurityParts.Group | SecurityParts.Dacl;

    /// <summary>Reads the object that the first operand names; on failure the message is out.</summary>
    public static SdObject? Open(ToolContext context, string text, out ExitCode exit)
    {
        using Securable? target = Securable.Open(context, text, out exit);
        // Reading a SACL takes a privilege, except where it stands in the command line.
        bool sacl = context.Arguments.Has("--all") || target is SecurableText;
        return target is null ? null : Read(context, target, sacl ? Usual | SecurityParts.Sacl : Usual, out exit);
    }

    /// <summary>
    /// Reads parts of an object. What is stored may be damaged, and then denies everything (KACS-FMT-144): that is said
    /// instead of shown.
    /// </summary>
    public static SdObject? Read(ToolContext context, Securable target, SecurityParts parts, out ExitCode exit)
    {
        if (!target.Read(parts).TryGet(out byte[]? descriptor, out Errno error))
        {
            exit = target is SecurableFile && error == Errno.EOPNOTSUPP
                ? context.Fail(ExitCode.Failed, $"{target.Name}: descriptors of files are not built in this version", error.Name)
                : target.Fail(context, error);
            return null;
        }

        if (!SecurityDescriptor.TryRead(descriptor, out _))
        {
            exit = context.Fail(ExitCode.Failed, $"{target.Name}: the stored security descriptor is malformed", "EINVAL");
            return null;
        }

        exit = ExitCode.Success;
        return new SdObject(target.Name, target.Rights, descriptor, target.Note);
    }
}
