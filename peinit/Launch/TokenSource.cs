// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peinit.Core;
using Peinit.Shell;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Peinit.Launch;

/// <summary>
/// Gets the token a job runs on: SYSTEM is minted here, every other identity comes from authd (PEINIT-121 to
/// PEINIT-136). No child ever runs on peinit's own token object.
/// </summary>
internal sealed class TokenSource
{
    /// <summary>KACS_IOC_INSTALL.</summary>
    internal const uint InstallRequest = KacsAbi.IocInstall;

    private const ulong BackupAndRestore = (1UL << 17) | (1UL << 18);

    private static readonly string[] s_platform = ["registryd", "lpsd", "authd", "eventd"];

    private readonly Supervisor _supervisor;
    private readonly KacsDevice? _device;
    private readonly OwnToken? _own;
    private readonly AuthdClient _authd;

    internal TokenSource(Supervisor supervisor, KacsDevice? device, AuthdClient authd)
    {
        _supervisor = supervisor;
        _device = device;
        _own = device is null ? null : new OwnToken(device);
        _authd = authd;
    }

    /// <summary>For mitigations, which the child sets on itself.</summary>
    internal Fd? Device => _device?.Descriptor;

    /// <summary>Answers with TokenReady or TokenFailed, now or when authd has answered.</summary>
    internal void Request(JobProcess process)
    {
        Job job = process.Job;
        if (job.Identity.Equals("SYSTEM", StringComparison.OrdinalIgnoreCase))
        {
            Finish(process, Mint(job.Service.Name, job.Definition.RequiredPrivileges));
            return;
        }

        process.Request = _authd.Ask(process, this);
    }

    /// <summary>authd's answer, or why there is none.</summary>
    internal void Answered(JobProcess process, Result<Fd> answer)
    {
        process.Request = null;
        Finish(process, answer.TryGet(out Fd? token) ? Reduce(token, process.Job.Definition.RequiredPrivileges) : answer);
    }

    /// <summary>Privileges of a minted token (PEINIT-129, PEINIT-130).</summary>
    /// <param name="own">peinit's present set.</param>
    /// <param name="service">Name of the service.</param>
    /// <param name="required">RequiredPrivileges, or null.</param>
    /// <param name="enabled">The enabled set.</param>
    /// <returns>The present set.</returns>
    internal static ulong Privileges(ulong own, string service, IReadOnlyList<string>? required, out ulong enabled)
    {
        ulong present = own & ~Privilege.LoadDriver;
        if (required is not null)
        {
            present &= Mask(required);
        }

        bool platform = Array.Exists(s_platform, p => p.Equals(service, StringComparison.OrdinalIgnoreCase));
        enabled = platform ? present : present & ~BackupAndRestore;
        return present;
    }

    /// <summary>Bits of a list of names; unknown ones were refused by the definition reader.</summary>
    internal static ulong Mask(IReadOnlyList<string> names)
    {
        ulong mask = 0;
        foreach (string name in names)
        {
            mask |= Privilege.TryFind(name, out Privilege privilege) ? privilege.Mask : 0;
        }

        return mask;
    }

    private void Finish(JobProcess process, Result<Fd> result)
    {
        if (result.TryGet(out Fd? token, out Errno error))
        {
            process.Token?.Dispose();
            process.Token = token;
            _supervisor.Post(Input.TokenReady(process.Job));
        }
        else
        {
            _supervisor.Post(Input.TokenFailed(process.Job, error.Value));
        }
    }

    private Result<Fd> Mint(string service, IReadOnlyList<string>? required)
    {
        if (_device is null || _own is null)
        {
            return Errno.ENODEV;
        }

        SidAndAttributes serviceSid = new(
            ServiceSid.Of(service),
            GroupAttributes.Mandatory | GroupAttributes.EnabledByDefault | GroupAttributes.Enabled);
        if (!_own.With(serviceSid).TryGet(out TokenSpec? spec, out Errno error))
        {
            return error;
        }

        ulong own = spec.PrivilegesPresent;
        spec.PrivilegesPresent = Privileges(own, service, required, out ulong enabled);
        spec.PrivilegesEnabled = enabled;
        Result<byte[]> encoded = spec.Encode();
        spec.PrivilegesPresent = own;
        return encoded.TryGet(out byte[]? bytes, out error) ? _device.CreateToken(bytes) : error;
    }

    // A token with more than the definition lists must not run (PEINIT-131), so a failure here is a failed start.
    private static Result<Fd> Reduce(Fd token, IReadOnlyList<string>? required)
    {
        if (required is null)
        {
            return token;
        }

        using (token)
        {
            return KacsToken.Restrict(token, ~Mask(required), [], [], 0, 0);
        }
    }
}
