// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Eventd.Access;

/// <summary>
/// Descriptors that guard events and logs: values named by pattern in the registry (EVT-227). Read at start and after
/// every change; without a registry the last ones stay in force (EVT-245, EVT-268).
/// </summary>
internal sealed class SecurityCatalogue
{
    /// <summary>The key below <c>Machine\System\eventd</c>.</summary>
    internal const string Key = "Security";

    private const string Root = @"Machine\System\eventd\Security";
    private static readonly string[] Names = ["Events", "Logs"];

    // EVT-229
    private static readonly byte[][] Defaults =
    [
        FromSddl("O:SYG:SYD:(A;;0x1;;;SY)(A;;0x1;;;BA)"),
        FromSddl("O:SYG:SYD:(A;;0x1;;;SY)(A;;0x1;;;BA)(A;;0x1;;;AU)"),
    ];

    private SecurityTable[] _tables;

    private SecurityCatalogue(SecurityTable[] tables) => _tables = tables;

    /// <summary>The descriptors in force; another object after every change.</summary>
    internal SecurityTable this[DataKind kind] => Volatile.Read(ref _tables)[(int)kind];

    /// <summary>What a first boot gets, without a registry.</summary>
    internal static SecurityCatalogue Default() => Of(Defaults[0], Defaults[1]);

    /// <summary>One descriptor for each namespace, without a registry.</summary>
    internal static SecurityCatalogue Of(byte[] events, byte[] logs) => new(
    [
        new SecurityTable([new GuardedPattern(SecurityTable.All, events)]),
        new SecurityTable([new GuardedPattern(SecurityTable.All, logs)]),
    ]);

    /// <summary>Stores the defaults where the registry has none, then reads what is there.</summary>
    internal static SecurityCatalogue Load(RegistryClient registry)
    {
        SecurityCatalogue catalogue = Default();
        for (int kind = 0; kind < Names.Length; kind++)
        {
            CreateDefault(registry, Names[kind], Defaults[kind]);
        }

        if (registry.Open(Root, KeyRights.Read).TryGet(out RegistryKey? key, out Errno error))
        {
            using (key)
            {
                catalogue.Refresh(key);
            }
        }
        else
        {
            Report.Error($@"{Root}: {error}; the default descriptors are in force");
        }

        return catalogue;
    }

    /// <summary>Replaces all descriptors by those below <paramref name="security"/>; what cannot be read stays.</summary>
    internal void Refresh(RegistryKey security)
    {
        SecurityTable[] tables = new SecurityTable[Names.Length];
        for (int kind = 0; kind < Names.Length; kind++)
        {
            tables[kind] = Read(security, Names[kind]) ?? _tables[kind];
        }

        Volatile.Write(ref _tables, tables);
    }

    /// <summary>Replaces one namespace.</summary>
    internal void Set(DataKind kind, params GuardedPattern[] patterns)
    {
        SecurityTable[] tables = [.. _tables];
        tables[(int)kind] = new SecurityTable(patterns);
        Volatile.Write(ref _tables, tables);
    }

    private static SecurityTable? Read(RegistryKey security, string name)
    {
        if (!security.Open(name, KeyRights.Read).TryGet(out RegistryKey? key, out Errno error))
        {
            // Removed on purpose: nothing matches, so everything is denied (EVT-228).
            return error == Errno.ENOENT ? new SecurityTable([]) : null;
        }

        using (key)
        {
            if (!key.Values().TryGet(out NamedValue[]? values))
            {
                return null;
            }

            List<GuardedPattern> patterns = [];
            foreach (NamedValue value in values)
            {
                // A value of another type guards all the same: a descriptor that nobody can read denies everybody.
                byte[] descriptor = value.Value.TryGetBinary(out byte[]? bytes) ? bytes : [];
                if (!SecurityDescriptor.TryRead(descriptor, out _))
                {
                    Report.Error($@"{Root}\{name}\{value.Name} is no security descriptor: what it guards is denied");
                }

                patterns.Add(new GuardedPattern(value.Name, descriptor));
            }

            return new SecurityTable(patterns);
        }
    }

    private static void CreateDefault(RegistryClient registry, string name, byte[] descriptor)
    {
        // Parents are not made along the way.
        if (registry.Create(Root, KeyRights.Read | KeyRights.Write).TryGet(out RegistryKey? parent))
        {
            parent.Dispose();
        }

        if (!registry.Create($@"{Root}\{name}", KeyRights.Read | KeyRights.Write).TryGet(out RegistryKey? key, out Errno error))
        {
            Report.Error($@"{Root}\{name}: {error}");
            return;
        }

        using (key)
        {
            if (key.Query(SecurityTable.All).Error == Errno.ENOENT)
            {
                error = key.Set(SecurityTable.All, RegistryValue.FromBinary(descriptor));
                if (!error.Ok)
                {
                    Report.Error($@"{Root}\{name}\*: cannot store the default: {error}");
                }
            }
        }
    }

    private static byte[] FromSddl(string text) =>
        Sddl.TryParse(text, out byte[] descriptor, out SddlError error)
            ? descriptor
            : throw new InvalidOperationException(error.ToString());
}
