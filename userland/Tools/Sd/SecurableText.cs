// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>SDDL typed in place of an object: read like one, never written.</summary>
internal sealed class SecurableText(byte[] descriptor) : Securable("SDDL", ObjectRights.File)
{
    public static Securable? Parse(ToolContext context, string text, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (Sddl.TryParse(text, out byte[] descriptor, out SddlError error))
        {
            return new SecurableText(descriptor);
        }

        exit = context.Fail(ExitCode.InvalidInput, error.ToString(), "EINVAL");
        return null;
    }

    /// <inheritdoc/>
    public override Result<byte[]> Read(SecurityParts parts)
    {
        _ = SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd);
        SecurityDescriptorBuilder subset = new();
        AclEdits.Take(subset, sd, parts);
        return subset.TryBuild(out byte[] bytes) ? bytes : Errno.EINVAL;
    }

    /// <inheritdoc/>
    public override Errno Write(SecurityParts parts, byte[] changed) => Errno.EROFS;
}
