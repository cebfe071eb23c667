// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text.Json;
using Lpsd.Store;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>What <c>resolve</c> found, read in one snapshot (LPS-036, LPS-050).</summary>
internal sealed class ResolveAnswer
{
    private readonly List<(Sid Sid, uint? Id)> _groups = [];
    private PrincipalRow? _row;
    private uint? _gid;

    /// <summary>Reads; the caller holds the transaction.</summary>
    public static ResolveAnswer Read(LpsStore store, PrincipalRow? row, IReadOnlyList<Sid> start)
    {
        ResolveAnswer answer = new() { _row = row };
        foreach (Sid group in store.Resolve(start))
        {
            answer._groups.Add((group, store.Find(group)?.PosixId));
        }

        answer._gid = row is null || row.PrimaryGroup.IsNone ? null : store.Find(row.PrimaryGroup)?.PosixId;
        return answer;
    }

    /// <summary>Writes the fields.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (_row is PrincipalRow row)
        {
            PrincipalJson.Identity(writer, row);
            PrincipalJson.Flags(writer, row);
            PrincipalJson.Number(writer, "uid", row.PosixId);
            PrincipalJson.Number(writer, "gid", _gid);
            PrincipalJson.Optional(writer, "primary_group", row.PrimaryGroup);
            writer.WriteNumber("audit_policy"u8, row.AuditPolicy);
            PrincipalJson.Time(writer, "expires_at", row.ExpiresAt);
            writer.WriteString("display_name"u8, row.DisplayName);
            writer.WriteString("home"u8, row.Home);
            writer.WriteString("shell"u8, row.Shell);
        }

        writer.WriteStartArray("groups"u8);
        foreach ((Sid sid, uint? id) in _groups)
        {
            writer.WriteStartObject();
            writer.WriteString("sid"u8, sid.ToString());
            PrincipalJson.Number(writer, "posix_id", id);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
