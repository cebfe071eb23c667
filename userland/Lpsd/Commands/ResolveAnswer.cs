// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Lpsd.Store;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>What <c>resolve</c> found, read in one snapshot (LPS-036, LPS-050).</summary>
internal sealed class ResolveAnswer
{
    private readonly List<(Sid Sid, uint? Id)> _groups = [];
    private readonly List<Sid> _deviceGroups = [];
    private byte[] _userClaims = [];
    private byte[] _deviceClaims = [];
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

        // The machine's own claims and groups are those of the device (LPS-033).
        Sid machine = store.MachineSid;
        answer._deviceGroups.AddRange(store.Resolve([machine]));
        answer._deviceClaims = Pack(store.Claims(machine));
        answer._userClaims = row is null ? [] : Pack(store.Claims(row.Sid));
        answer._gid = row is null || row.PrimaryGroup.IsNone ? null : store.Find(row.PrimaryGroup)?.PosixId;
        return answer;
    }

    /// <summary>A claim array: each entry behind its length (KACS-FMT-109).</summary>
    internal static byte[] Pack(List<byte[]> entries)
    {
        List<byte> array = [];
        foreach (byte[] entry in entries)
        {
            array.AddRange(BitConverter.GetBytes(entry.Length));
            array.AddRange(entry);
        }

        return [.. array];
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

        writer.WriteBase64String("user_claims"u8, _userClaims);
        writer.WriteBase64String("device_claims"u8, _deviceClaims);
        PrincipalJson.Sids(writer, "device_groups", _deviceGroups);
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
