// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Registry;

namespace Tools.Sd;

/// <summary>A registry key.</summary>
internal sealed class SecurableKey(RegistryClient client, string name, string path, bool owned) : Securable(name, ObjectRights.Key)
{
    /// <inheritdoc/>
    public override bool Inherits => true;

    /// <inheritdoc/>
    public override Result<byte[]> Read(SecurityParts parts) => Read(path, parts);

    /// <inheritdoc/>
    public override Errno Write(SecurityParts parts, byte[] descriptor)
    {
        KeyRights rights = KeyRights.None;
        rights |= (parts & (SecurityParts.Owner | SecurityParts.Group)) != 0 ? KeyRights.WriteOwner : KeyRights.None;
        rights |= (parts & SecurityParts.Dacl) != 0 ? KeyRights.WriteDac : KeyRights.None;
        rights |= (parts & SecurityParts.Sacl) != 0 ? KeyRights.AccessSystemSecurity : KeyRights.None;
        if (!client.Open(path, rights).TryGet(out RegistryKey? key, out Errno error))
        {
            return error;
        }

        using (key)
        {
            return key.SetSecurity(parts, descriptor);
        }
    }

    /// <inheritdoc/>
    public override Result<byte[]> ReadParent(SecurityParts parts)
    {
        int at = path.LastIndexOf('\\');
        return at < 0 ? Errno.EOPNOTSUPP : Read(path[..at], parts);
    }

    /// <inheritdoc/>
    public override Result<Securable[]> Children()
    {
        if (!client.Open(path, KeyRights.EnumerateSubKeys).TryGet(out RegistryKey? key, out Errno error))
        {
            return error;
        }

        using (key)
        {
            if (!key.SubKeyNames().TryGet(out string[]? names, out error))
            {
                return error;
            }

            List<Securable> children = [];
            foreach (string child in names)
            {
                children.Add(new SecurableKey(client, $"{Name}\\{child}", $"{path}\\{child}", owned: false));
            }

            return children.ToArray();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (owned)
        {
            client.Dispose();
        }
    }

    private Result<byte[]> Read(string key, SecurityParts parts)
    {
        KeyRights rights = (parts & ~SecurityParts.Sacl) != 0 ? KeyRights.ReadControl : KeyRights.None;
        rights |= (parts & SecurityParts.Sacl) != 0 ? KeyRights.AccessSystemSecurity : KeyRights.None;
        if (!client.Open(key, rights).TryGet(out RegistryKey? opened, out Errno error))
        {
            return error;
        }

        using (opened)
        {
            return opened.GetSecurity(parts);
        }
    }
}
