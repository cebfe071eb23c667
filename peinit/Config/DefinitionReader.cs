// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Peinit.Config;

/// <summary>
/// Reads service definitions and boot parameters from the registry. Every call blocks until the store answers, so only
/// the I/O worker comes here (PEINIT-008); what the bytes mean is decided by <see cref="DefinitionParser"/>. The first
/// timeout or I/O error ends a load (HAZ-038).
/// </summary>
internal static class DefinitionReader
{
    internal const string Services = @"Machine\System\Services";
    internal const string SecurityValue = "ServiceSecurity";

    private const string BootKey = @"Machine\System\Boot";

    /// <summary>Where services inherit a descriptor from beside the Services key, nearest first (PEINIT-143).</summary>
    internal static readonly string[] Ancestors = [@"Machine\System", "Machine"];

    private const KeyRights ListRights = KeyRights.QueryValue | KeyRights.EnumerateSubKeys;

    /// <summary>Reads everything: the boot, reload-config and a watch that lost count.</summary>
    /// <param name="client">The registry.</param>
    /// <param name="warnings">Receives what was odd about the parameters (PEINIT-474).</param>
    /// <returns>The configuration; ENOENT when there is no Services key, else the first error.</returns>
    internal static Result<Configuration> Read(RegistryClient client, List<string> warnings)
    {
        if (!InheritedSecurity(client, warnings).TryGet(out Inherited inherited, out Errno error)
            || !client.Open(Services, ListRights).TryGet(out RegistryKey? services, out error))
        {
            return error;
        }

        using (services)
        {
            if (!services.SubKeyNames().TryGet(out string[]? names, out error))
            {
                return error;
            }

            List<ServiceDefinition> definitions = [];
            foreach (string name in names)
            {
                if (ReadKey(services, name, inherited).TryGet(out ServiceDefinition? definition, out error))
                {
                    definitions.Add(definition);
                }
                else if (error != Errno.ENOENT)
                {
                    return error;
                }
            }

            CheckSchema(services, warnings);
            return ReadParameters(client, [.. definitions], warnings);
        }
    }

    /// <summary>Reads one definition again, after a watch named it; ENOENT when it is gone.</summary>
    internal static Result<ServiceDefinition> ReadOne(RegistryClient client, string name, List<string> warnings)
    {
        if (!InheritedSecurity(client, warnings).TryGet(out Inherited inherited, out Errno error)
            || !client.Open(Services, ListRights).TryGet(out RegistryKey? services, out error))
        {
            return error;
        }

        using (services)
        {
            return ReadKey(services, name, inherited);
        }
    }

    private static Result<ServiceDefinition> ReadKey(RegistryKey services, string name, in Inherited inherited)
    {
        if (!services.Open(name, KeyRights.QueryValue).TryGet(out RegistryKey? key, out Errno error))
        {
            return error;
        }

        using (key)
        {
            if (!key.Values().TryGet(out NamedValue[]? values, out error))
            {
                return error;
            }

            DefinitionValue[] triples = new DefinitionValue[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                triples[i] = new DefinitionValue(values[i].Name, (uint)values[i].Value.Type, values[i].Value.Data);
            }

            ServiceDefinition definition = DefinitionParser.Parse(name, triples, inherited.Descriptor, IsDescriptor);
            return inherited.Malformed && definition.Security is null ? definition with { KeepsOldSecurity = true } : definition;
        }
    }

    // A malformed value ends the search: what stands further up may grant more (PEINIT-143, PEINIT-150).
    private static Result<Inherited> InheritedSecurity(RegistryClient client, List<string> warnings)
    {
        foreach (string path in (ReadOnlySpan<string>)[Services, .. Ancestors])
        {
            if (!client.Open(path, KeyRights.QueryValue).TryGet(out RegistryKey? key, out Errno error))
            {
                return error;
            }

            using (key)
            {
                if (key.QueryBinary(SecurityValue).TryGet(out byte[]? descriptor, out error) && IsDescriptor(descriptor))
                {
                    return new Inherited(descriptor, Malformed: false);
                }
            }

            if (error.Ok || error == Errno.EINVAL)
            {
                warnings.Add($"{path}\\{SecurityValue} is no security descriptor; the last good one stays, else the default");
                return new Inherited(null, Malformed: true);
            }

            if (error != Errno.ENOENT)
            {
                return error;
            }
        }

        return new Inherited(null, Malformed: false);
    }

    private static Result<Configuration> ReadParameters(RegistryClient client, ServiceDefinition[] definitions, List<string> warnings)
    {
        if (!client.Open(BootKey, KeyRights.QueryValue).TryGet(out RegistryKey? boot, out Errno error))
        {
            return error == Errno.ENOENT ? new Configuration { Definitions = definitions } : error;
        }

        using (boot)
        {
            Configuration defaults = new() { Definitions = definitions };
            if (!Parameter(boot, "MaxParallelStarts", defaults.MaxParallelStarts, warnings).TryGet(out uint parallel, out error)
                || !Parameter(boot, "BootSuccessGrace", defaults.BootSuccessGrace, warnings).TryGet(out uint grace, out error)
                || !Parameter(boot, "ShutdownTimeout", defaults.ShutdownTimeout, warnings).TryGet(out uint shutdown, out error))
            {
                return error;
            }

            return new Configuration
            {
                Definitions = definitions, MaxParallelStarts = parallel, BootSuccessGrace = grace, ShutdownTimeout = shutdown,
            };
        }
    }

    private static Result<uint> Parameter(RegistryKey key, string name, uint fallback, List<string> warnings)
    {
        bool found = key.QueryDword(name).TryGet(out uint value, out Errno error);
        if (!found && error != Errno.ENOENT && error != Errno.EINVAL)
        {
            return error;
        }

        if (found && value > 0)
        {
            return value;
        }

        if (found || error == Errno.EINVAL)
        {
            warnings.Add($"{BootKey}\\{name} must be a dword above 0, {fallback} is used");
        }

        return fallback;
    }

    private static void CheckSchema(RegistryKey services, List<string> warnings)
    {
        if (services.QueryDword("SchemaVersion").TryGet(out uint version) && version > 1)
        {
            warnings.Add($"{Services}\\SchemaVersion is {version}, this peinit knows 1: newer values are ignored");
        }
    }

    private static bool IsDescriptor(byte[] data) => SecurityDescriptor.TryRead(data, out _);

    private readonly record struct Inherited(byte[]? Descriptor, bool Malformed);
}
