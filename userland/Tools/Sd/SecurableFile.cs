// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>
/// A file or directory. The module answers EOPNOTSUPP until it decides about files: what a program could still read
/// from an attribute then protects nothing, and showing it would say otherwise.
/// </summary>
internal sealed class SecurableFile(KacsDevice device, string path, bool followLinks) : Securable(path, ObjectRights.File)
{
    public static Securable? Find(ToolContext context, string path, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return new SecurableFile(device, path, !context.Arguments.Has("-P"));
        }

        exit = context.Fail(ExitCode.Unreachable, $"{KacsDevice.Path}: {error}", error.Name);
        return null;
    }

    /// <inheritdoc/>
    public override Result<byte[]> Read(SecurityParts parts) => device.GetSecurity(Name, (uint)parts, followLinks);

    /// <inheritdoc/>
    public override Errno Write(SecurityParts parts, byte[] descriptor) => device.SetSecurity(Name, (uint)parts, followLinks, descriptor);

    /// <inheritdoc/>
    public override void Dispose() => device.Dispose();
}
