// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Registry;
using Peios.Security;

namespace Eventd.Query;

/// <summary>Descriptors that guard events and logs (EVT-227 to EVT-229).</summary>
/// <param name="Events">Self-relative descriptor of <c>Events\*</c>.</param>
/// <param name="Logs">Self-relative descriptor of <c>Logs\*</c>.</param>
internal sealed record QuerySecurity(byte[] Events, byte[] Logs)
{
    private const string Root = @"Machine\System\eventd\Security";

    /// <summary>What a first boot gets: SYSTEM and Administrators read events, Authenticated Users logs too.</summary>
    internal static QuerySecurity Default { get; } = new(
        FromSddl("O:SYG:SYD:(A;;0x1;;;SY)(A;;0x1;;;BA)"),
        FromSddl("O:SYG:SYD:(A;;0x1;;;SY)(A;;0x1;;;BA)(A;;0x1;;;AU)"));

    /// <summary>Reads them, and stores the defaults where the registry has none.</summary>
    internal static QuerySecurity Load(RegistryClient registry) => new(
        LoadOne(registry, "Events", Default.Events),
        LoadOne(registry, "Logs", Default.Logs));

    private static byte[] LoadOne(RegistryClient registry, string store, byte[] missing)
    {
        // Parents are not made along the way.
        if (registry.Create(Root, KeyRights.Read | KeyRights.Write).TryGet(out RegistryKey? parent))
        {
            parent.Dispose();
        }

        if (!registry.Create($@"{Root}\{store}", KeyRights.Read | KeyRights.Write).TryGet(out RegistryKey? key, out Errno error))
        {
            Report.Error($@"{Root}\{store}: {error}; the default descriptor is in force");
            return missing;
        }

        using (key)
        {
            if (key.QueryBinary("*").TryGet(out byte[]? descriptor, out error))
            {
                return descriptor;
            }

            if (error != Errno.ENOENT)
            {
                // Of another type or unreadable: nobody but the deny-all may guess what was meant.
                Report.Error($@"{Root}\{store}\*: {error}; all queries of {store} are denied");
                return [];
            }

            error = key.Set("*", RegistryValue.FromBinary(missing));
            if (!error.Ok)
            {
                Report.Error($@"{Root}\{store}\*: cannot store the default: {error}");
            }

            return missing;
        }
    }

    private static byte[] FromSddl(string text) =>
        Sddl.TryParse(text, out byte[] descriptor, out SddlError error)
            ? descriptor
            : throw new InvalidOperationException(error.ToString());
}
