// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Peinit.Boot;

/// <summary>Values of <c>Machine\System\Init\</c> (PEINIT-379, PEINIT-413, PEINIT-415, PEINIT-473, PEINIT-474).</summary>
internal sealed record InitSettings
{
    internal const string Key = @"Machine\System\Init";

    internal static InitSettings Defaults { get; } = new();

    internal int MaxControlConnections { get; init; } = 32;

    internal int MaxRequestSize { get; init; } = 65536;

    internal uint ConnectionTimeout { get; init; } = 30;

    internal int MaxLogLineLength { get; init; } = 8192;

    internal int MaxLogBufferPerService { get; init; } = 65536;

    /// <summary>Descriptor of peinit itself, or null for the default.</summary>
    internal byte[]? ControlSecurity { get; init; }

    /// <summary>On the worker: reads the values; what is absent, ill-typed or out of range keeps its default.</summary>
    /// <param name="client">The registry.</param>
    /// <param name="previous">Settings in force, whose descriptor survives a malformed one (PEINIT-150).</param>
    /// <param name="warnings">Receives what was odd (PEINIT-150, PEINIT-474).</param>
    internal static InitSettings Read(RegistryClient client, InitSettings previous, List<string> warnings)
    {
        if (!client.Open(Key, KeyRights.QueryValue).TryGet(out RegistryKey? key, out Errno error))
        {
            // A registry that does not answer must not widen who may shut the machine down.
            return error == Errno.ENOENT ? Defaults : previous;
        }

        using (key)
        {
            return new InitSettings
            {
                MaxControlConnections = Number(key, "MaxControlConnections", 4096, Defaults.MaxControlConnections, warnings),
                MaxRequestSize = Number(key, "MaxRequestSize", 1 << 24, Defaults.MaxRequestSize, warnings),
                ConnectionTimeout = (uint)Number(key, "ConnectionTimeout", 86400, (int)Defaults.ConnectionTimeout, warnings),
                MaxLogLineLength = Number(key, "MaxLogLineLength", 16384, Defaults.MaxLogLineLength, warnings),
                MaxLogBufferPerService = Number(key, "MaxLogBufferPerService", 1 << 20, Defaults.MaxLogBufferPerService, warnings),
                ControlSecurity = Descriptor(key, previous.ControlSecurity, warnings),
            };
        }
    }

    private static int Number(RegistryKey key, string name, int max, int fallback, List<string> warnings)
    {
        if (key.QueryDword(name).TryGet(out uint value, out Errno error) && value > 0 && value <= (uint)max)
        {
            return (int)value;
        }

        if (error != Errno.ENOENT)
        {
            warnings.Add($"{Key}\\{name} must be a dword from 1 to {max}, {fallback} is used");
        }

        return fallback;
    }

    private static byte[]? Descriptor(RegistryKey key, byte[]? previous, List<string> warnings)
    {
        if (key.QueryBinary("ControlSecurity").TryGet(out byte[]? value, out Errno error))
        {
            if (SecurityDescriptor.TryRead(value, out _))
            {
                return value;
            }
        }
        else if (error == Errno.ENOENT)
        {
            return null;
        }

        warnings.Add($"{Key}\\ControlSecurity is no security descriptor, {(previous is null ? "the default" : "the last good one")} is used");
        return previous;
    }
}
