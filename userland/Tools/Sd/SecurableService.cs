// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Tools.Sd;

/// <summary>
/// A service: the value that peinit would use is the service's own, the nearest ancestor's, or the default
/// (PEINIT-143, PEINIT-144). Writing gives the service a value of its own.
/// </summary>
internal sealed class SecurableService(RegistryClient client, string name, string service) : Securable(name, ObjectRights.Service)
{
    private const string ServicesKey = @"Machine\System\Services";
    private const string Value = "ServiceSecurity";
    private const string Default = "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;0x5;;;BA)";

    private string Own => $@"{ServicesKey}\{service}";

    /// <inheritdoc/>
    public override Result<byte[]> Read(SecurityParts parts)
    {
        foreach (string path in (string[])[Own, ServicesKey, @"Machine\System", "Machine"])
        {
            if (!client.Open(path, KeyRights.QueryValue).TryGet(out RegistryKey? key, out Errno error))
            {
                return error;
            }

            using (key)
            {
                Result<byte[]> value = key.QueryBinary(Value);
                if (value.Ok || value.Error != Errno.ENOENT)
                {
                    Note = path == Own ? "" : $"from {path}";
                    return value;
                }
            }
        }

        Note = "default of services";
        _ = Sddl.TryParse(Default, out byte[] standard, out _);
        return standard;
    }

    /// <inheritdoc/>
    public override Errno Write(SecurityParts parts, byte[] descriptor)
    {
        // The value is one piece: what is not written anew stays as peinit sees it now.
        if (!Read(parts).TryGet(out byte[]? present, out Errno error))
        {
            return error;
        }

        if (!SecurityDescriptor.TryRead(present, out SecurityDescriptor old) || !SecurityDescriptor.TryRead(descriptor, out SecurityDescriptor sd))
        {
            return Errno.EINVAL;
        }

        SecurityDescriptorBuilder merged = SecurityDescriptorBuilder.From(old);
        AclEdits.Take(merged, sd, parts);
        if (!merged.TryBuild(out byte[] bytes))
        {
            return Errno.EINVAL;
        }

        if (!client.Open(Own, KeyRights.SetValue).TryGet(out RegistryKey? key, out error))
        {
            return error;
        }

        using (key)
        {
            return key.Set(Value, new RegistryValue(RegistryValueType.Binary, bytes));
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => client.Dispose();
}
