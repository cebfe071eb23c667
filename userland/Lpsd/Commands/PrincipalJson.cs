// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Lpsd.Store;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>Principals on the wire (LPS-049).</summary>
internal static class PrincipalJson
{
    /// <summary>The fields everybody with READ sees; with WRITE on it also the private ones.</summary>
    public static void Write(Utf8JsonWriter writer, PrincipalRow row, IReadOnlyList<Sid> groups, bool isPrivate)
    {
        Identity(writer, row);
        writer.WriteString("display_name"u8, row.DisplayName);
        writer.WriteString("description"u8, row.Description);
        Flags(writer, row);
        Number(writer, "uid", row.PosixId);
        Optional(writer, "primary_group", row.PrimaryGroup);
        writer.WriteString("home"u8, row.Home);
        writer.WriteString("shell"u8, row.Shell);
        Sids(writer, "groups", groups);
        Time(writer, "created_at", row.CreatedAt);
        Time(writer, "changed_at", row.ChangedAt);
        Time(writer, "expires_at", row.ExpiresAt);
        if (isPrivate)
        {
            writer.WriteNumber("audit_policy"u8, row.AuditPolicy);
        }
    }

    /// <summary>Name, SID and kind.</summary>
    public static void Identity(Utf8JsonWriter writer, PrincipalRow row)
    {
        writer.WriteString("name"u8, row.Name);
        writer.WriteString("sid"u8, row.Sid.ToString());
        writer.WriteString("kind"u8, KindName(row.Kind));
    }

    /// <summary>Flag names.</summary>
    public static void Flags(Utf8JsonWriter writer, PrincipalRow row)
    {
        writer.WriteStartArray("flags"u8);
        foreach (string name in PrincipalFlagNames.Of(row.Flags))
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    /// <summary>An array of SIDs.</summary>
    public static void Sids(Utf8JsonWriter writer, string name, IReadOnlyList<Sid> sids)
    {
        writer.WriteStartArray(name);
        foreach (Sid sid in sids)
        {
            writer.WriteStringValue(sid.ToString());
        }

        writer.WriteEndArray();
    }

    /// <summary>A SID or null.</summary>
    public static void Optional(Utf8JsonWriter writer, string name, in Sid sid)
    {
        if (sid.IsNone)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, sid.ToString());
        }
    }

    /// <summary>A number or null.</summary>
    public static void Number(Utf8JsonWriter writer, string name, uint? value)
    {
        if (value is uint number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <summary>A time, or null for 0.</summary>
    public static void Time(Utf8JsonWriter writer, string name, ulong nanoseconds)
    {
        if (nanoseconds == 0)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, WireTime.Format(nanoseconds));
        }
    }

    /// <summary>The name of a kind.</summary>
    public static string KindName(PrincipalKind kind) => kind switch
    {
        PrincipalKind.User => "user",
        PrincipalKind.Group => "group",
        PrincipalKind.Alias => "alias",
        PrincipalKind.Service => "service",
        _ => "machine",
    };

    /// <summary>The kind of a name.</summary>
    public static bool TryKind(string name, out PrincipalKind kind)
    {
        kind = name switch
        {
            "user" => PrincipalKind.User,
            "group" => PrincipalKind.Group,
            "alias" => PrincipalKind.Alias,
            "service" => PrincipalKind.Service,
            "machine" => PrincipalKind.Machine,
            _ => 0,
        };
        return kind != 0;
    }
}
