// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>An object's descriptor, however the object was named (CLI-025).</summary>
/// <param name="Name">As typed.</param>
/// <param name="Rights">What its bits mean.</param>
/// <param name="Descriptor">The bytes.</param>
/// <param name="Note">Where they came from when that is not the object itself; else empty.</param>
internal sealed record SdObject(string Name, ObjectRights Rights, byte[] Descriptor, string Note)
{
    private const string Attribute = "security.peios.sd";
    private const string ServicesKey = @"Machine\System\Services";

    /// <summary>Services without a descriptor of their own or of an ancestor (PEINIT-144).</summary>
    private const string DefaultService = "O:SYG:SYD:(A;;0xf000f;;;SY)(A;;0x5;;;BA)";

    /// <summary>Opens <c>path</c>, <c>reg:KEY</c>, <c>service:NAME</c> or SDDL text; on failure the message is out.</summary>
    public static SdObject? Open(ToolContext context, string text, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (text.Length > 1 && text[1] == ':' && "OGDS".Contains(text[0], StringComparison.Ordinal))
        {
            return OfText(context, text, out exit);
        }

        if (text.StartsWith("reg:", StringComparison.Ordinal))
        {
            return OfKey(context, text, text[4..].Replace('/', '\\'), out exit);
        }

        if (text.StartsWith("service:", StringComparison.Ordinal))
        {
            return OfService(context, text, text[8..], out exit);
        }

        if (text.StartsWith("pid:", StringComparison.Ordinal) || text.StartsWith("token:", StringComparison.Ordinal))
        {
            exit = context.Fail(ExitCode.InvalidInput, $"{text}: descriptors of processes and tokens cannot be read in this version", "EOPNOTSUPP");
            return null;
        }

        return OfFile(context, text, out exit);
    }

    private static SdObject? OfText(ToolContext context, string text, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (Sddl.TryParse(text, out byte[] descriptor, out SddlError error))
        {
            return new SdObject("SDDL", ObjectRights.File, descriptor, "");
        }

        exit = context.Fail(ExitCode.InvalidInput, error.ToString(), "EINVAL");
        return null;
    }

    private static SdObject? OfFile(ToolContext context, string path, out ExitCode exit)
    {
        if (Files.ReadAttribute(path, Attribute, !context.Arguments.Has("-P")).TryGet(out byte[]? descriptor, out Errno error))
        {
            return Checked(context, new SdObject(path, ObjectRights.File, descriptor, ""), out exit);
        }

        exit = error == Errno.ENODATA
            ? context.Fail(ExitCode.NotFound, $"{path}: no security descriptor is stored on it", error.Name)
            : Fail(context, path, error);
        return null;
    }

    private static SdObject? OfKey(ToolContext context, string name, string path, out ExitCode exit)
    {
        using RegistryClient? client = Connect(context, out exit);
        if (client is null)
        {
            return null;
        }

        SecurityParts parts = SecurityParts.Owner | SecurityParts.Group | SecurityParts.Dacl;
        KeyRights rights = KeyRights.ReadControl;
        if (context.Arguments.Has("--all"))
        {
            parts |= SecurityParts.Sacl;
            rights |= KeyRights.AccessSystemSecurity;
        }

        if (!client.Open(path, rights).TryGet(out RegistryKey? key, out Errno error))
        {
            exit = Fail(context, name, error);
            return null;
        }

        using (key)
        {
            if (key.GetSecurity(parts).TryGet(out byte[]? descriptor, out error))
            {
                return Checked(context, new SdObject(name, ObjectRights.Key, descriptor, ""), out exit);
            }
        }

        exit = Fail(context, name, error);
        return null;
    }

    /// <summary>The value that peinit would use: the service's, the nearest ancestor's, or the default (PEINIT-143).</summary>
    private static SdObject? OfService(ToolContext context, string name, string service, out ExitCode exit)
    {
        using RegistryClient? client = Connect(context, out exit);
        if (client is null)
        {
            return null;
        }

        string own = $@"{ServicesKey}\{service}";
        foreach (string path in (string[])[own, ServicesKey, @"Machine\System", "Machine"])
        {
            if (!client.Open(path, KeyRights.QueryValue).TryGet(out RegistryKey? key, out Errno error))
            {
                exit = Fail(context, path == own ? name : path, error);
                return null;
            }

            using (key)
            {
                Result<byte[]> value = key.QueryBinary("ServiceSecurity");
                if (value.TryGet(out byte[]? descriptor, out error))
                {
                    return Checked(context, new SdObject(name, ObjectRights.Service, descriptor, path == own ? "" : $"from {path}"), out exit);
                }

                if (error != Errno.ENOENT)
                {
                    exit = Fail(context, name, error);
                    return null;
                }
            }
        }

        _ = Sddl.TryParse(DefaultService, out byte[] standard, out _);
        return new SdObject(name, ObjectRights.Service, standard, "default of services");
    }

    private static RegistryClient? Connect(ToolContext context, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (RegistryClient.Connect().TryGet(out RegistryClient? client, out Errno error))
        {
            return client;
        }

        exit = context.Fail(ExitCode.Unreachable, $"registry: {error}", error.Name);
        return null;
    }

    /// <summary>What is stored may be damaged, and then denies everything (KACS-FMT-144): say so instead of showing it.</summary>
    private static SdObject? Checked(ToolContext context, SdObject found, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (SecurityDescriptor.TryRead(found.Descriptor, out _))
        {
            return found;
        }

        exit = context.Fail(ExitCode.Failed, $"{found.Name}: the stored security descriptor is malformed", "EINVAL");
        return null;
    }

    private static ExitCode Fail(ToolContext context, string name, Errno error)
    {
        ExitCode exit = error == Errno.ENOENT || error == Errno.ENOTDIR ? ExitCode.NotFound
            : error == Errno.EACCES || error == Errno.EPERM ? ExitCode.Denied
            : error == Errno.ETIMEDOUT || error == Errno.EIO ? ExitCode.Unreachable
            : ExitCode.Failed;
        return context.Fail(exit, $"{name}: {error}", error.Name);
    }
}
