// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;
using Peios.Toml;
using Registryd.Store;

namespace Registryd.Offline;

/// <summary>
/// <c>--import</c>: tables are keys, strings REG_SZ, arrays of strings REG_MULTI_SZ, integers REG_DWORD, inline tables
/// other types; <c>"@security"</c> is the key's own descriptor and <c>"@"</c> its default value (docs/userland/registryd.md).
/// </summary>
internal sealed class TomlImport
{
    private const string SecurityName = "@security";
    private const string DefaultName = "@";
    private const int MaxFile = 4 << 20;

    private readonly ImportWriter _writer;
    private readonly string _file;

    private TomlImport(ImportWriter writer, string file)
    {
        _writer = writer;
        _file = file;
    }

    /// <summary>Imports a file into a hive; returns the exit status.</summary>
    public static int Run(string file, HiveArgument hive)
    {
        if (!TryLoad(file, out TomlTable? root, out string message))
        {
            return Report(message);
        }

        StoreError error = HiveLock.Take(new HiveFile(hive), out HiveLock? held);
        if (!error.Ok)
        {
            return Report(error.Message);
        }

        using HiveLock locked = held!;
        error = ImportWriter.Open(hive, out ImportWriter? writer, out byte[] rootGuid);
        if (!error.Ok)
        {
            return Report(error.Message);
        }

        using (writer)
        {
            message = new TomlImport(writer!, file).WriteKey(rootGuid, null, root!);
            if (message.Length == 0)
            {
                message = writer!.Commit() is { Ok: false } failed ? failed.Message : "";
            }
        }

        return message.Length == 0 ? 0 : Report(message);
    }

    private static bool TryLoad(string file, out TomlTable? root, out string message)
    {
        root = null;
        if (!Files.ReadSmall(file, MaxFile).TryGet(out byte[]? text, out Errno error))
        {
            message = $"cannot read {file}: {error}";
            return false;
        }

        bool ok = TomlDocument.TryParse(text, out root, out TomlError problem);
        message = ok ? "" : $"{file}:{problem}";
        return ok;
    }

    private static int Report(string message)
    {
        Console.Error.WriteLine("registryd: " + message);
        return 1;
    }

    // Depth is bounded by the TOML reader's own limit on nesting.
    private string WriteKey(byte[] guid, byte[]? parent, TomlTable table)
    {
        // The descriptor first: children inherit from it.
        if (table.TryGet(SecurityName, out TomlValue? security))
        {
            string failed = WriteSecurity(guid, parent, security);
            if (failed.Length > 0)
            {
                return failed;
            }
        }

        foreach (KeyValuePair<string, TomlValue> entry in table.Entries)
        {
            string failed = entry.Key == SecurityName ? "" : WriteEntry(guid, entry.Key, entry.Value);
            if (failed.Length > 0)
            {
                return failed;
            }
        }

        return "";
    }

    private string WriteSecurity(byte[] guid, byte[]? parent, TomlValue value)
    {
        if (value.Kind != TomlKind.String)
        {
            return At(value, "\"@security\" is an SDDL string");
        }

        if (!Sddl.TryParse(value.Text, new SddlOptions(SddlObjectKind.RegistryKey), out byte[] descriptor, out SddlError error))
        {
            return At(value, $"SDDL: {error}");
        }

        StoreError failed = _writer.SetSecurity(guid, parent, descriptor);
        return failed.Ok ? "" : At(value, failed.Message);
    }

    private string WriteEntry(byte[] guid, string name, TomlValue value)
    {
        if (value.Kind == TomlKind.Table && !value.Table!.IsInline)
        {
            if (!NameRules.IsComponent(name) || name[0] == '@')
            {
                return At(value, $"'{name}' cannot be a key name");
            }

            StoreError opened = _writer.OpenKey(guid, name, out byte[] child);
            return opened.Ok ? WriteKey(child, guid, value.Table!) : At(value, opened.Message);
        }

        if (!NameRules.IsValueName(name) || (name.StartsWith('@') && name != DefaultName))
        {
            return At(value, $"'{name}' cannot be a value name");
        }

        if (!TomlValueReader.TryRead(value, out RegistryValue converted, out string problem))
        {
            return At(value, $"{name}: {problem}");
        }

        StoreError failed = _writer.SetValue(guid, name == DefaultName ? "" : name, converted);
        return failed.Ok ? "" : At(value, failed.Message);
    }

    private string At(TomlValue value, string message) => $"{_file}:{value.Line}: {message}";
}
