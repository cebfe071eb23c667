// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>Something that has a security descriptor, however it was named (CLI-025).</summary>
/// <param name="name">As typed.</param>
/// <param name="rights">What the bits of its masks mean.</param>
internal abstract class Securable(string name, ObjectRights rights) : IDisposable
{
    /// <summary>As typed.</summary>
    public string Name { get; } = name;

    /// <summary>What the bits of its masks mean.</summary>
    public ObjectRights Rights { get; } = rights;

    /// <summary>Where the descriptor comes from when that is not the object itself; else empty. Known after a read.</summary>
    public string Note { get; protected set; } = "";

    /// <summary>Do ACEs of it reach objects below (KACS-FMT-082)?</summary>
    public virtual bool Inherits => false;

    /// <summary>Is the integrity label a part of its own? Otherwise the whole SACL is rewritten.</summary>
    public virtual bool HasLabelPart => false;

    /// <summary>Reads parts of the descriptor.</summary>
    public abstract Result<byte[]> Read(SecurityParts parts);

    /// <summary>Replaces parts of the descriptor by those of <paramref name="descriptor"/>.</summary>
    public abstract Errno Write(SecurityParts parts, byte[] descriptor);

    /// <summary>The descriptor of the container that it inherits from; ENOTSUP: it inherits from nothing.</summary>
    public virtual Result<byte[]> ReadParent(SecurityParts parts) => Errno.EOPNOTSUPP;

    /// <summary>The objects directly below it; whoever gets them disposes them.</summary>
    public virtual Result<Securable[]> Children() => Array.Empty<Securable>();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>
    /// Finds <c>path</c>, <c>reg:KEY</c>, <c>service:NAME</c>, <c>pid:N</c>, <c>token:N</c> or SDDL text; on failure
    /// the message is out.
    /// </summary>
    public static Securable? Open(ToolContext context, string text, out ExitCode exit)
    {
        if (text.Length > 1 && text[1] == ':' && "OGDS".Contains(text[0], StringComparison.Ordinal))
        {
            return SecurableText.Parse(context, text, out exit);
        }

        if (text.StartsWith("reg:", StringComparison.Ordinal))
        {
            return Registry(context, out exit) is RegistryClient client ? new SecurableKey(client, text, text[4..].Replace('/', '\\'), owned: true) : null;
        }

        if (text.StartsWith("service:", StringComparison.Ordinal))
        {
            return Registry(context, out exit) is RegistryClient client ? new SecurableService(client, text, text[8..]) : null;
        }

        if (text.StartsWith("pid:", StringComparison.Ordinal) || text.StartsWith("token:", StringComparison.Ordinal))
        {
            return SecurableProcess.Find(context, text, out exit);
        }

        return SecurableFile.Find(context, text, out exit);
    }

    /// <summary>Reports an errno about this object.</summary>
    public ExitCode Fail(ToolContext context, Errno error) => Fail(context, Name, error);

    /// <summary>Reports an errno about an object.</summary>
    public static ExitCode Fail(ToolContext context, string name, Errno error)
    {
        (ExitCode exit, string text) = error switch
        {
            _ when error == Errno.ENOENT || error == Errno.ENOTDIR || error == Errno.ESRCH => (ExitCode.NotFound, "does not exist"),
            _ when error == Errno.ENODATA => (ExitCode.NotFound, "no security descriptor is stored on it"),
            _ when error == Errno.EACCES => (ExitCode.Denied, "access denied"),
            _ when error == Errno.EPERM => (ExitCode.Denied, "a privilege is missing, or the SID may not be made owner"),
            _ when error == Errno.EINVAL => (ExitCode.InvalidInput, "the descriptor does not fit this object"),
            _ when error == Errno.ETIMEDOUT || error == Errno.EIO => (ExitCode.Unreachable, "the registry's store did not answer"),
            _ when error == Errno.EOPNOTSUPP => (ExitCode.Failed, "not supported in this version"),
            _ => (ExitCode.Failed, error.Message),
        };
        return context.Fail(exit, $"{name}: {text} ({error.Name})", error.Name);
    }

    private static RegistryClient? Registry(ToolContext context, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (RegistryClient.Connect().TryGet(out RegistryClient? client, out Errno error))
        {
            return client;
        }

        exit = context.Fail(ExitCode.Unreachable, $"cannot reach the registry: {error}", error.Name);
        return null;
    }
}
