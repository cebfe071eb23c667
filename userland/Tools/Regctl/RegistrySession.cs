// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary>Connection of one command, and how its errors read (CLI-002, CLI-007).</summary>
internal sealed class RegistrySession : IDisposable
{
    private readonly ToolContext _context;
    private readonly RegistryClient _client;

    private RegistrySession(ToolContext context, RegistryClient client)
    {
        _context = context;
        _client = client;
    }

    /// <summary>Why the last call failed, as the command's exit code.</summary>
    public ExitCode Exit { get; private set; }

    /// <summary>Connects; null after the failure was reported as <paramref name="exit"/>.</summary>
    public static RegistrySession? Connect(ToolContext context, out ExitCode exit)
    {
        if (RegistryClient.Connect().TryGet(out RegistryClient? client, out Errno error))
        {
            exit = ExitCode.Success;
            return new RegistrySession(context, client);
        }

        exit = context.Fail(ExitCode.Unreachable, $"cannot reach the registry: {error}", error.Name);
        return null;
    }

    /// <summary>The key's path as it is printed: with <c>\</c>.</summary>
    public static string Show(string key) => key.Replace('/', '\\');

    /// <summary>The name that the kernel gets for VALUE: <c>@</c> is the default value.</summary>
    public static string ValueName(string operand) => operand == "@" ? "" : operand;

    /// <summary>A value's name as it is printed.</summary>
    public static string ShowValue(string name) => name.Length == 0 ? "@" : name;

    /// <summary>Opens a key; null after the failure was reported, see <see cref="Exit"/>.</summary>
    public RegistryKey? Open(string key, KeyRights rights, bool openLink = false)
    {
        if (_client.Open(key, rights, openLink).TryGet(out RegistryKey? opened, out Errno error))
        {
            return opened;
        }

        Exit = NoHive(key, error) ?? Failed(Show(key), error, rights);
        return null;
    }

    /// <summary>Opens or creates a key; null after the failure was reported, see <see cref="Exit"/>.</summary>
    public RegistryKey? Create(string key, KeyRights rights, CreateOptions options, string layer, out bool created)
    {
        if (_client.Create(key, rights, options, layer, out created).TryGet(out RegistryKey? opened, out Errno error))
        {
            return opened;
        }

        Exit = error == Errno.ENOENT
            ? _context.Fail(ExitCode.NotFound, $"{Show(key)}: {(layer.Length == 0 ? "the key above it does" : $"the key above it or layer {layer} does")} not exist ({error.Name})", error.Name)
            : Failed(Show(key), error, rights | KeyRights.CreateSubKey);
        return null;
    }

    /// <summary>Creates what is missing above a key; false after the failure was reported.</summary>
    public bool CreateParents(string key, string layer)
    {
        string path = Show(key);
        for (int at = path.IndexOf('\\', StringComparison.Ordinal); at >= 0; at = path.IndexOf('\\', at + 1))
        {
            string parent = path[..at];
            // The hive itself exists or cannot be made.
            using RegistryKey? made = parent.Contains('\\', StringComparison.Ordinal)
                ? Create(parent, KeyRights.ReadControl, CreateOptions.None, layer, out _)
                : Open(parent, KeyRights.ReadControl);
            if (made is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports a failed change of an open key: ENOENT is then about the layer.</summary>
    public ExitCode FailedWrite(string what, string layer, Errno error) =>
        error == Errno.ENOENT && layer.Length > 0
            ? _context.Fail(ExitCode.NotFound, $"{what}: layer {layer} does not exist ({error.Name})", error.Name)
            : Failed(what, error);

    /// <summary>Reports an errno about an object.</summary>
    /// <param name="what">Key or key and value.</param>
    /// <param name="error">The error.</param>
    /// <param name="rights">Rights that were asked for, named when they are what is missing.</param>
    public ExitCode Failed(string what, Errno error, KeyRights rights = KeyRights.None)
    {
        (ExitCode exit, string text) = error switch
        {
            _ when error == Errno.ENOENT => (ExitCode.NotFound, "does not exist"),
            _ when error == Errno.EACCES => (ExitCode.Denied, rights == KeyRights.None ? "access denied" : $"access denied (asked for {rights})"),
            _ when error == Errno.EPERM => (ExitCode.Denied, "a privilege is missing"),
            _ when error == Errno.EAGAIN => (ExitCode.Conflict, "was changed meanwhile"),
            _ when error == Errno.EEXIST => (ExitCode.Conflict, "exists already"),
            _ when error == Errno.ENOTEMPTY => (ExitCode.Conflict, "has subkeys"),
            _ when error == Errno.EINVAL => (ExitCode.InvalidInput, "is not valid"),
            _ when error.Name == "ENAMETOOLONG" => (ExitCode.InvalidInput, "is too long"),
            _ when error == Errno.ETIMEDOUT => (ExitCode.Unreachable, "the registry's store did not answer in time"),
            _ when error == Errno.EIO => (ExitCode.Unreachable, "the registry's store is down or failed: 'svctl status registryd'"),
            _ when error == Errno.ENOSPC => (ExitCode.Failed, "is too large"),
            _ => (ExitCode.Failed, error.Message),
        };
        return _context.Fail(exit, $"{what}: {text} ({error.Name})", error.Name);
    }

    /// <summary>A path that is none: the only names that nobody can look up are those of the hives.</summary>
    private ExitCode? NoHive(string key, Errno error)
    {
        string path = Show(key);
        bool atTop = path.Trim('\\').Length == 0 || (error == Errno.ENOENT && !path.Contains('\\', StringComparison.Ordinal));
        return atTop ? _context.Fail(
            path.Length > 0 && error == Errno.ENOENT ? ExitCode.NotFound : ExitCode.InvalidInput,
            $"'{path}' is no hive: a key is written like Machine\\System; hives are Machine and Users ({error.Name})",
            error.Name) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
