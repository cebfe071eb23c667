// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Peios.Ipc;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>A token as JSON: the same data as the tables, nothing cut (CLI-005).</summary>
internal static class TokenJson
{
    /// <summary>Writes the whole token as one object.</summary>
    public static void Write(Utf8JsonWriter writer, TokenView token, SidNames names)
    {
        writer.WriteStartObject();
        Principal(writer, "user", token.User, names);
        writer.WriteNumber("auth_id", token.Statistics.AuthId);
        writer.WriteString("logon_type", token.LogonType?.ToString());
        writer.WriteString("type", token.Type.ToString());
        // A primary token has no level; the kernel says 0 of it, which is Anonymous of others.
        writer.WriteString("impersonation_level", token.Type == TokenType.Primary ? null : token.Level.ToString());
        writer.WriteNumber("integrity_level", token.Integrity);
        writer.WriteNumber("mandatory_policy", token.MandatoryPolicy);
        writer.WriteString("elevation", token.Elevation.ToString());
        writer.WriteString("token_guid", token.Statistics.TokenGuid.ToString("D"));
        writer.WriteNumber("modified_id", token.Statistics.ModifiedId);
        writer.WriteString("expiration", token.Statistics.Expiration == 0 ? null : WireTime.Format(token.Statistics.Expiration));
        Groups(writer, "groups", token.Groups, names);
        Privileges(writer, token.Privileges);
        Principal(writer, "owner", token.Owner, names);
        Principal(writer, "primary_group", token.PrimaryGroup, names);
        writer.WriteString("default_dacl", token.DefaultDacl.Length == 0 ? null : TokenFields.Dacl(token.DefaultDacl));
        writer.WriteString("logon_sid", token.LogonSid.IsNone ? null : token.LogonSid.ToString());
        writer.WriteStartObject("source");
        writer.WriteString("name", token.Source.Name);
        writer.WriteNumber("id", token.Source.Id);
        writer.WriteEndObject();
        writer.WriteNumber("origin", token.Origin);
        writer.WriteNumber("interactivity_scope", token.InteractivityScope);
        Groups(writer, "restricted_sids", token.RestrictedSids, names);
        Groups(writer, "device_groups", token.DeviceGroups, names);
        writer.WriteString("confinement_sid", token.Confinement.IsNone ? null : token.Confinement.ToString());
        Groups(writer, "capabilities", token.Capabilities, names);
        writer.WriteString("user_claims", Convert.ToBase64String(token.UserClaims));
        writer.WriteString("device_claims", Convert.ToBase64String(token.DeviceClaims));
        writer.WriteStartArray("supplementary_gids");
        foreach (uint gid in token.SupplementaryGids)
        {
            writer.WriteNumberValue(gid);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes an array of groups.</summary>
    public static void Groups(Utf8JsonWriter writer, string property, IReadOnlyList<SidAndAttributes> groups, SidNames names)
    {
        writer.WriteStartArray(property);
        foreach (SidAndAttributes group in groups)
        {
            writer.WriteStartObject();
            writer.WriteString("sid", group.Sid.ToString());
            writer.WriteString("name", names.Find(group.Sid));
            writer.WriteNumber("attributes", (uint)group.Attributes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes an array of the privileges held.</summary>
    public static void Privileges(Utf8JsonWriter writer, in TokenPrivileges privileges)
    {
        writer.WriteStartArray("privileges");
        for (int bit = 0; bit < 64; bit++)
        {
            if ((privileges.Present >> bit & 1) != 0)
            {
                writer.WriteStartObject();
                writer.WriteNumber("bit", bit);
                writer.WriteString("name", Privilege.NameOf(bit));
                writer.WriteString("state", TokenFields.State(privileges, bit));
                writer.WriteBoolean("used", (privileges.Used >> bit & 1) != 0);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    private static void Principal(Utf8JsonWriter writer, string property, in Sid sid, SidNames names)
    {
        writer.WriteStartObject(property);
        writer.WriteString("sid", sid.IsNone ? null : sid.ToString());
        writer.WriteString("name", names.Find(sid));
        writer.WriteEndObject();
    }
}
