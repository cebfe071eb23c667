// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Authd.Minting;
using Authd.Sources;
using Peios.Ipc;
using Peios.Security;

namespace Authd.Commands;

/// <summary>
/// The tokens that a logon would get, decided by the same plan; nothing is minted (AUTH-021, AUTH-024). The state of the
/// account is not asked: an administrator looks at what would be.
/// </summary>
internal sealed class PreviewCommand(LocalSource local)
{
    /// <summary>Answers now, or when lpsd has answered.</summary>
    public void Run(JsonConnection connection, PreviewRequest request)
    {
        AccountName account = AccountName.Route(request.Account);
        IReadOnlyList<Sid> implied = request.Wanted.ImplicitSids();
        switch (account.Kind)
        {
            case AccountKind.Builtin:
                local.ResolveGroups(account.Sid, implied, found => Answer(connection, request, BuiltinSource.Resolve(account.Sid, found)));
                break;
            case AccountKind.Local:
                local.Resolve(account, implied, (principal, code) => Found(connection, request, principal, code));
                break;
            case AccountKind.Domain:
                connection.Fail(AuthdCodes.NoSuchSource, "no such domain is configured");
                break;
            case AccountKind.Forbidden:
                connection.Fail(AuthdCodes.NotAllowed, "nobody gets a token of this identity here");
                break;
            default:
                connection.Fail(AuthdCodes.InvalidName, "not an account name");
                break;
        }
    }

    /// <summary>Writes one token by the kernel's names of its fields.</summary>
    internal static void Write(Utf8JsonWriter writer, TokenForm form, TokenSpec spec)
    {
        writer.WriteStartObject();
        writer.WriteString("elevation"u8, form switch { TokenForm.Elevated => "full"u8, TokenForm.Filtered => "limited"u8, _ => "default"u8 });
        writer.WriteString("user_sid"u8, spec.User.ToString());
        Groups(writer, "groups", spec.Groups);
        writer.WriteNumber("token_type"u8, (int)spec.Type);
        writer.WriteNumber("impersonation_level"u8, (int)spec.Level);
        writer.WriteNumber("integrity_level"u8, spec.IntegrityLevel);
        writer.WriteNumber("mandatory_policy"u8, spec.MandatoryPolicy);
        Mask(writer, "privs_present", spec.PrivilegesPresent);
        Mask(writer, "privs_enabled", spec.PrivilegesEnabled);
        writer.WriteNumber("owner_sid_index"u8, spec.OwnerIndex);
        writer.WriteNumber("primary_group_index"u8, spec.PrimaryGroupIndex);
        writer.WriteString("default_dacl"u8, Dacl(spec.DefaultDacl));
        writer.WriteNumber("projected_uid"u8, spec.ProjectedUid);
        writer.WriteNumber("projected_gid"u8, spec.ProjectedGid);
        writer.WriteStartArray("supp_gids"u8);
        spec.SupplementaryGids.ForEach(writer.WriteNumberValue);
        writer.WriteEndArray();
        writer.WriteBase64String("user_claims"u8, spec.UserClaims ?? []);
        writer.WriteBase64String("device_claims"u8, spec.DeviceClaims ?? []);
        Groups(writer, "device_groups", spec.DeviceGroups ?? []);
        writer.WriteNumber("audit_policy"u8, spec.AuditPolicy);
        writer.WriteString("expiration"u8, spec.Expiration == 0 ? null : WireTime.Format(spec.Expiration));
        writer.WriteString("source_name"u8, spec.Source.Name);
        writer.WriteNumber("source_id"u8, spec.Source.Id);
        writer.WriteNumber("origin"u8, spec.Origin);
        writer.WriteEndObject();
    }

    private static void Found(JsonConnection connection, PreviewRequest request, Principal? principal, string code)
    {
        if (principal is null)
        {
            connection.Fail(code, code == ErrorCodes.NotFound ? "no such account" : "the account could not be read");
        }
        else
        {
            Answer(connection, request, principal);
        }
    }

    private static void Answer(JsonConnection connection, PreviewRequest request, Principal principal)
    {
        if (TokenPlan.ForLogon(principal, request.Wanted) is not IReadOnlyList<(TokenForm Form, TokenSpec Spec)> plans)
        {
            connection.Fail(AuthdCodes.TooManyGroups, "the account is in more than 63 groups");
            return;
        }

        Utf8JsonWriter writer = connection.BeginAnswer();
        writer.WriteStartArray("tokens"u8);
        foreach ((TokenForm form, TokenSpec spec) in plans)
        {
            Write(writer, form, spec);
        }

        writer.WriteEndArray();
        connection.EndAnswer(writer);
    }

    private static void Groups(Utf8JsonWriter writer, string name, IReadOnlyList<SidAndAttributes> groups)
    {
        writer.WriteStartArray(name);
        foreach (SidAndAttributes group in groups)
        {
            writer.WriteStartObject();
            writer.WriteString("sid"u8, group.Sid.ToString());
            writer.WriteNumber("attributes"u8, (uint)group.Attributes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Mask(Utf8JsonWriter writer, string name, ulong mask) => writer.WriteString(name, string.Create(CultureInfo.InvariantCulture, $"0x{mask:x}"));

    private static string? Dacl(byte[]? dacl) =>
        dacl is not null && new SecurityDescriptorBuilder { Dacl = dacl }.TryBuild(out byte[] sd) &&
        Sddl.TryFormat(sd, new SddlOptions(SddlObjectKind.Other, Raw: true), out string text, out _) ? text : null;
}
