// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Peinit.Launch;

/// <summary>
/// The values of peinit's own primary token, as a specification to mint from (PEINIT-124). They are read once and again
/// whenever the kernel says that the token was adjusted: a start costs one query instead of ten.
/// </summary>
internal sealed class OwnToken(KacsDevice device)
{
    private Token? _token;
    private TokenStatistics _read;
    private TokenSpec? _spec;
    private int _groups;

    /// <summary>The present values; the logon SID is left out, for the kernel adds it (PEINIT-125).</summary>
    /// <param name="extra">One more group, taken out again by the next call.</param>
    internal Result<TokenSpec> With(in SidAndAttributes extra)
    {
        Errno error = Refresh();
        if (!error.Ok)
        {
            return error;
        }

        _spec!.Groups.RemoveRange(_groups, _spec.Groups.Count - _groups);
        _spec.Groups.Add(extra);
        return _spec;
    }

    private Errno Refresh()
    {
        // Nobody replaces PID 1's token (PEINIT-121), so one descriptor serves as long as peinit runs.
        if (_token is null && !Token.OpenSelf(device, real: true).TryGet(out _token, out Errno error))
        {
            return error;
        }

        if (!_token!.Statistics().TryGet(out TokenStatistics now, out error))
        {
            return error;
        }

        if (_spec is not null && now == _read)
        {
            return Errno.None;
        }

        _spec = null;
        if (!Read(_token, now).TryGet(out TokenSpec? spec, out error))
        {
            return error;
        }

        (_spec, _read, _groups) = (spec, now, spec.Groups.Count);
        return Errno.None;
    }

    private static Result<TokenSpec> Read(Token own, in TokenStatistics statistics)
    {
        if (!own.User().TryGet(out Sid user, out Errno error)
            || !own.Groups().TryGet(out SidAndAttributes[]? groups, out error)
            || !own.Privileges().TryGet(out TokenPrivileges privileges, out error)
            || !own.IntegrityLevel().TryGet(out uint level, out error)
            || !own.MandatoryPolicy().TryGet(out uint policy, out error)
            || !own.DefaultDacl().TryGet(out byte[]? dacl, out error)
            || !own.LogonSid().TryGet(out Sid logon, out error)
            || !own.Owner().TryGet(out Sid owner, out error)
            || !own.PrimaryGroup().TryGet(out Sid group, out error))
        {
            return error;
        }

        TokenSpec spec = new()
        {
            User = user,
            IntegrityLevel = level,
            MandatoryPolicy = policy,
            PrivilegesPresent = privileges.Present,
            ProjectedUid = 0,
            ProjectedGid = 0,
            SessionId = statistics.AuthId,
            DefaultDacl = dacl.Length == 0 ? null : dacl,
            Source = new Peios.Security.TokenSource("peinit", 0),
        };
        foreach (SidAndAttributes entry in groups)
        {
            if (entry.Sid == logon)
            {
                continue;
            }

            spec.Groups.Add(entry);
            uint index = (uint)spec.Groups.Count;
            spec.OwnerIndex = entry.Sid == owner && owner != user ? index : spec.OwnerIndex;
            spec.PrimaryGroupIndex = entry.Sid == group && group != user ? index : spec.PrimaryGroupIndex;
        }

        return spec;
    }
}
