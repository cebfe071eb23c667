// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary><c>pid:N</c>, a process; <c>token:N</c>, the primary token of one.</summary>
internal sealed class SecurableProcess(string name, ObjectRights rights, KacsDevice device, Fd target) : Securable(name, rights)
{
    /// <inheritdoc/>
    public override bool HasLabelPart => true;

    public static Securable? Find(ToolContext context, string text, out ExitCode exit)
    {
        bool ofToken = text.StartsWith("token:", StringComparison.Ordinal);
        string number = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        int pid = Processes.Self;
        if (number != "self" && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out pid) || pid == 0))
        {
            exit = context.Fail(ExitCode.InvalidInput, $"{text}: not a process number", "EINVAL");
            return null;
        }

        if (!KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            exit = context.Fail(ExitCode.Unreachable, $"{KacsDevice.Path}: {error}", error.Name);
            return null;
        }

        if (!Processes.Open(pid).TryGet(out Fd? process, out error))
        {
            device.Dispose();
            exit = Fail(context, text, error);
            return null;
        }

        exit = ExitCode.Success;
        if (!ofToken)
        {
            return new SecurableProcess(text, ObjectRights.Process, device, process);
        }

        using (process)
        {
            // Its own descriptor is asked for each part on every call: QUERY is enough to have the token at all.
            if (device.OpenProcessToken(process, TokenRights.Query).TryGet(out Fd? token, out error))
            {
                return new SecurableProcess(text, ObjectRights.Token, device, token);
            }
        }

        device.Dispose();
        exit = Fail(context, text, error);
        return null;
    }

    /// <inheritdoc/>
    public override Result<byte[]> Read(SecurityParts parts) => device.GetSecurity(target, (uint)parts);

    /// <inheritdoc/>
    public override Errno Write(SecurityParts parts, byte[] descriptor) => device.SetSecurity(target, (uint)parts, descriptor);

    /// <inheritdoc/>
    public override void Dispose()
    {
        target.Dispose();
        device.Dispose();
    }
}
