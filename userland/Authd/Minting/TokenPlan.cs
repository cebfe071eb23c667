// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Security;

namespace Authd.Minting;

/// <summary>
/// Decides every field of a token from its principal (AUTH-042 to AUTH-052). Pure: the same input gives the same
/// specification, which is what the vectors of AUTH-049 hold.
/// </summary>
internal static class TokenPlan
{
    private const uint High = 12288;
    private const uint Medium = 8192;

    /// <summary>No write up alone: NEW_PROCESS_MIN would drop a High token at the first unlabelled executable (AUTH-047).</summary>
    private const uint NoWriteUp = 0x1;
    private const uint NoWriteUpNewProcessMin = 0x3;

    /// <summary>ChangeNotify and CreateSymbolicLink: all that a filtered token keeps (AUTH-050).</summary>
    private const ulong KeptByFilter = 0x8_0080_0000;

    private static readonly uint[] s_filteredAliases = [544, 547, 548, 549, 550, 551, 552, 556, 569, 578];
    private static readonly uint[] s_filteredRids = [512, 518, 519, 520];

    /// <summary>The specification of a service's token; null when there are more than 63 groups (AUTH-045).</summary>
    public static TokenSpec? ForService(Principal principal, string service) =>
        Make(principal, new TokenRequest(LogonType.Service, service), TokenForm.Service);

    /// <summary>
    /// The tokens of a logon, the one that the caller gets first; null when there are too many groups. An
    /// administrator's interactive logon has two: Limited, then Full (AUTH-052).
    /// </summary>
    public static IReadOnlyList<(TokenForm Form, TokenSpec Spec)>? ForLogon(Principal principal, TokenRequest request)
    {
        List<(TokenForm, TokenSpec)> plans = [];
        foreach (TokenForm form in Forms(principal, request))
        {
            if (Make(principal, request, form) is not TokenSpec spec)
            {
                return null;
            }

            plans.Add((form, spec));
        }

        return plans;
    }

    private static IReadOnlyList<TokenForm> Forms(Principal principal, TokenRequest request)
    {
        bool administrator = false;
        foreach (ResolvedGroup group in principal.Groups)
        {
            administrator |= group.Sid == WellKnownSids.Administrators;
        }

        return request.Type switch
        {
            LogonType.Service => [TokenForm.Service],
            _ when !administrator => [TokenForm.Standard],
            LogonType.Interactive => [TokenForm.Filtered, TokenForm.Elevated],
            LogonType.Batch when request.Highest => [TokenForm.Elevated],
            _ => [TokenForm.Filtered],
        };
    }

    private static TokenSpec? Make(Principal principal, TokenRequest request, TokenForm form)
    {
        bool isHigh = form is TokenForm.Elevated or TokenForm.Service;
        TokenSpec spec = new()
        {
            User = principal.Sid,
            IntegrityLevel = isHigh ? High : Medium,
            MandatoryPolicy = isHigh ? NoWriteUp : NoWriteUpNewProcessMin,
            ProjectedUid = principal.Uid,
            AuditPolicy = principal.AuditPolicy,
            Expiration = principal.ExpiresAt,
            Source = new TokenSource("authd", 0),
            UserClaims = Given(principal.UserClaims),
            DeviceClaims = Given(principal.DeviceClaims),
            DeviceGroups = DeviceGroups(principal),
        };
        AddGroups(spec, principal, request);
        if (spec.Groups.Count > TokenSpec.MaxGroups)
        {
            return null;
        }

        // By the whole list, before anything is filtered (AUTH-034).
        spec.PrivilegesPresent = PrivilegePolicy.Present(spec.User, spec.Groups);
        spec.PrivilegesEnabled = form == TokenForm.Elevated ? spec.PrivilegesPresent : PrivilegePolicy.Enabled(spec.PrivilegesPresent);
        Sid owner = form switch
        {
            TokenForm.Service => spec.Groups[^1].Sid,
            TokenForm.Elevated => WellKnownSids.Administrators,
            _ => spec.User,
        };
        spec.OwnerIndex = form is TokenForm.Service or TokenForm.Elevated ? IndexOf(spec, owner) : 0;
        spec.DefaultDacl = OwnDacl(owner);
        if (form == TokenForm.Filtered)
        {
            Filter(spec);
        }

        return spec;
    }

    private static void AddGroups(TokenSpec spec, Principal principal, TokenRequest request)
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

        IReadOnlyList<Sid> implied = request.ImplicitSids();
        for (int i = 0; i < implied.Count; i++)
        {
            // The service SID comes last and may own objects: it is the default owner (AUTH-048).
            bool isService = request.Service is not null && i == implied.Count - 1;
            Add(spec, implied[i], isService ? GroupAttributes.UsualOwner : GroupAttributes.Usual);
        }
    }

    /// <summary>AUTH-050: administrative groups may only deny, and next to no privilege is left.</summary>
    private static void Filter(TokenSpec spec)
    {
        for (int i = 0; i < spec.Groups.Count; i++)
        {
            if (IsFiltered(spec.Groups[i].Sid))
            {
                spec.Groups[i] = spec.Groups[i] with { Attributes = GroupAttributes.UseForDenyOnly };
                spec.PrimaryGroupIndex = i == 0 ? 0 : spec.PrimaryGroupIndex;
            }
        }

        spec.PrivilegesPresent &= KeptByFilter;
        spec.PrivilegesEnabled = spec.PrivilegesPresent;
    }

    private static bool IsFiltered(in Sid sid) =>
        (sid.IsChildOf(WellKnownSids.Builtin) && Array.IndexOf(s_filteredAliases, sid.Rid) >= 0) ||
        (sid is { Authority: 5, SubAuthorityCount: 5 } && sid.SubAuthority(0) == 21 && Array.IndexOf(s_filteredRids, sid.Rid) >= 0);

    private static bool Add(TokenSpec spec, in Sid sid, GroupAttributes attributes)
    {
        if (IndexOf(spec, sid) != 0)
        {
            return false;
        }

        spec.Groups.Add(new SidAndAttributes(sid, attributes));
        return true;
    }

    /// <summary>One-based index among the groups; 0 if it is none of them.</summary>
    private static uint IndexOf(TokenSpec spec, in Sid sid)
    {
        for (int i = 0; i < spec.Groups.Count; i++)
        {
            if (spec.Groups[i].Sid == sid)
            {
                return (uint)i + 1;
            }
        }

        return 0;
    }

    private static byte[]? Given(byte[] claims) => claims.Length == 0 ? null : claims;

    private static IReadOnlyList<SidAndAttributes>? DeviceGroups(Principal principal)
    {
        if (principal.DeviceGroups.Count == 0)
        {
            return null;
        }

        List<SidAndAttributes> groups = [];
        foreach (Sid sid in principal.DeviceGroups)
        {
            groups.Add(new SidAndAttributes(sid, GroupAttributes.Usual));
        }

        return groups;
    }

    private static byte[]? OwnDacl(in Sid owner) =>
        new AclBuilder().Allow(owner, AccessMask.GenericAll).Allow(WellKnownSids.System, AccessMask.GenericAll).TryBuild(out byte[] acl) ? acl : null;
}
