// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Security;

namespace Authd.Minting;

/// <summary>
/// Decides every field of a service's token from its principal (AUTH-042 to AUTH-048). Pure: the same input gives the
/// same specification, which is what the vectors of AUTH-049 hold.
/// </summary>
internal static class TokenPlan
{
    /// <summary>High, so that a service may act for elevated clients (AUTH-046).</summary>
    private const uint ServiceIntegrity = 12288;

    /// <summary>No write up alone: NEW_PROCESS_MIN would drop the token at the first unlabelled executable (AUTH-047).</summary>
    private const uint ServicePolicy = 0x1;

    /// <summary>
    /// The SIDs that a service token has beside its principal's own groups: what a source resolves groups for too
    /// (AUTH-043).
    /// </summary>
    public static IReadOnlyList<Sid> ImplicitSids(string service) =>
        [WellKnownSids.Everyone, WellKnownSids.AuthenticatedUsers, WellKnownSids.Local, WellKnownSids.Service, ServiceSid.Of(service)];

    /// <summary>The specification, without a session; null when there are more than 63 groups (AUTH-045).</summary>
    public static TokenSpec? ForService(Principal principal, string service)
    {
        TokenSpec spec = new()
        {
            User = principal.Sid,
            IntegrityLevel = ServiceIntegrity,
            MandatoryPolicy = ServicePolicy,
            ProjectedUid = principal.Uid,
            AuditPolicy = principal.AuditPolicy,
            Expiration = principal.ExpiresAt,
            Source = new TokenSource("authd", 0),
        };
        AddGroups(spec, principal, service);
        if (spec.Groups.Count > TokenSpec.MaxGroups)
        {
            return null;
        }

        spec.PrivilegesPresent = PrivilegePolicy.Present(spec.User, spec.Groups);
        spec.PrivilegesEnabled = PrivilegePolicy.Enabled(spec.PrivilegesPresent);
        spec.OwnerIndex = (uint)spec.Groups.Count;
        spec.DefaultDacl = OwnDacl(spec.Groups[^1].Sid);
        return spec;
    }

    private static void AddGroups(TokenSpec spec, Principal principal, string service)
    {
        bool hasPrimary = !principal.PrimaryGroup.IsNone;
        if (hasPrimary)
        {
            Add(spec, principal.PrimaryGroup, GroupAttributes.Usual);
        }

        spec.PrimaryGroupIndex = hasPrimary ? 1u : 0;
        spec.ProjectedGid = hasPrimary ? principal.PrimaryGroupId : principal.Uid;
        foreach (ResolvedGroup group in principal.Groups)
        {
            bool added = Add(spec, group.Sid, group.Sid == WellKnownSids.Administrators ? GroupAttributes.UsualOwner : GroupAttributes.Usual);
            if (added && group.PosixId is uint id)
            {
                spec.SupplementaryGids.Add(id);
            }
        }

        IReadOnlyList<Sid> implied = ImplicitSids(service);
        for (int i = 0; i < implied.Count; i++)
        {
            // The service SID comes last and may own objects: it is the default owner (AUTH-048).
            bool isService = i == implied.Count - 1;
            Add(spec, implied[i], isService ? GroupAttributes.UsualOwner : GroupAttributes.Usual);
        }
    }

    private static bool Add(TokenSpec spec, in Sid sid, GroupAttributes attributes)
    {
        foreach (SidAndAttributes present in spec.Groups)
        {
            if (present.Sid == sid)
            {
                return false;
            }
        }

        spec.Groups.Add(new SidAndAttributes(sid, attributes));
        return true;
    }

    private static byte[]? OwnDacl(in Sid owner) =>
        new AclBuilder().Allow(owner, AccessMask.GenericAll).Allow(WellKnownSids.System, AccessMask.GenericAll).TryBuild(out byte[] acl) ? acl : null;
}
