// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Authd.Minting;
using Peios.Ipc;
using Peios.Security;

namespace Authd.Sources;

/// <summary>lpsd's part of resolution: asks <c>resolve</c> and reads the record of LPS-050, trusting no form.</summary>
internal sealed class LocalSource(LpsdLink link)
{
    public const string Name = "local";

    public LpsdLink Link => link;

    /// <summary>
    /// The groups that name a builtin principal or an implied SID; empty while lpsd is down, without waiting.
    /// </summary>
    public void ResolveGroups(in Sid sid, IReadOnlyList<Sid> implied, Action<IReadOnlyList<ResolvedGroup>> done)
    {
        Sid target = sid;
        link.Ask(Request(target, null, implied), mayWait: false, answer => done(answer is null ? [] : ReadGroups(answer) ?? []));
    }

    /// <summary>A principal by SID or name, waiting for lpsd: the code is empty on success.</summary>
    public void Resolve(AccountName account, IReadOnlyList<Sid> implied, Action<Principal?, string> done) =>
        link.Ask(Request(account.Sid, account.Name, implied), mayWait: true, answer => Answer(answer, done));

    /// <summary>Reads the record of a principal; null if a field is missing or of another type.</summary>
    internal static Principal? ReadPrincipal(JsonObject answer)
    {
        IReadOnlyList<ResolvedGroup>? groups = ReadGroups(answer);
        if (groups is null || !TrySid(answer, "sid", out Sid sid) || !answer.TryGetString("name", out string name) ||
            !answer.TryGetString("kind", out string kind) || !answer.TryGetStrings("flags", out string[] flags) || kind is not ("user" or "service"))
        {
            return null;
        }

        _ = TrySid(answer, "primary_group", out Sid primary);
        ulong expires = 0;
        if (answer.TryGetString("expires_at", out string time) && !WireTime.TryParse(time, out expires))
        {
            return null;
        }

        if (!TryClaims(answer, "user_claims", out byte[] userClaims) || !TryClaims(answer, "device_claims", out byte[] deviceClaims) ||
            !TrySids(answer, "device_groups", out Sid[] deviceGroups))
        {
            return null;
        }

        return new Principal
        {
            UserClaims = userClaims,
            DeviceClaims = deviceClaims,
            DeviceGroups = deviceGroups,
            Sid = sid,
            Name = name,
            Source = Name,
            IsService = kind == "service",
            IsDisabled = Array.IndexOf(flags, "DISABLED") >= 0,
            Uid = Id(answer, "uid"),
            PrimaryGroup = primary,
            PrimaryGroupId = Id(answer, "gid"),
            Groups = groups,
            AuditPolicy = answer.TryGetUInt64("audit_policy", out ulong audit) ? (uint)(audit & 0xF) : 0,
            ExpiresAt = expires,
            DisplayName = answer.TryGetString("display_name", out string display) ? display : null,
            Home = answer.TryGetString("home", out string home) ? home : "/",
            Shell = answer.TryGetString("shell", out string shell) ? shell : "/usr/sbin/nologin",
        };
    }

    /// <summary>Reads <c>groups</c>; null if it is not there or malformed.</summary>
    internal static IReadOnlyList<ResolvedGroup>? ReadGroups(JsonObject answer)
    {
        if (!answer.TryGetObjects("groups", out JsonObject[] entries))
        {
            return null;
        }

        List<ResolvedGroup> groups = [];
        foreach (JsonObject entry in entries)
        {
            if (!TrySid(entry, "sid", out Sid sid))
            {
                return null;
            }

            bool hasId = entry.TryGetUInt64("posix_id", out ulong id) && id < uint.MaxValue;
            groups.Add(new ResolvedGroup(sid, hasId ? (uint)id : null));
        }

        return groups;
    }

    private static void Answer(JsonObject? answer, Action<Principal?, string> done)
    {
        if (answer is null)
        {
            done(null, AuthdCodes.SourceUnavailable);
        }
        else if (answer.TryGetString("code", out string code))
        {
            done(null, code == ErrorCodes.NotFound ? code : AuthdCodes.SourceUnavailable);
        }
        else
        {
            Principal? principal = ReadPrincipal(answer);
            done(principal, principal is null ? AuthdCodes.NotAllowed : "");
        }
    }

    private static byte[] Request(Sid sid, string? name, IReadOnlyList<Sid> implied) => LpsdLink.Line(writer =>
    {
        writer.WriteString("command"u8, "resolve"u8);
        if (sid.IsNone)
        {
            writer.WriteString("name"u8, name);
        }
        else
        {
            writer.WriteString("sid"u8, sid.ToString());
        }

        writer.WriteStartArray("implicit"u8);
        foreach (Sid entry in implied)
        {
            writer.WriteStringValue(entry.ToString());
        }

        writer.WriteEndArray();
    });

    private static uint Id(JsonObject answer, string field) =>
        answer.TryGetUInt64(field, out ulong id) && id < uint.MaxValue ? (uint)id : Principal.NoId;

    /// <summary>A claim array in base64; absent is empty, anything else must be one.</summary>
    private static bool TryClaims(JsonObject answer, string field, out byte[] claims)
    {
        claims = [];
        if (!answer.Has(field))
        {
            return true;
        }

        byte[] buffer = new byte[TokenSpec.MaxLength];
        bool read = answer.TryGetString(field, out string text) && Convert.TryFromBase64String(text, buffer, out int length) && (claims = buffer[..length]) is not null;
        return read && TokenDecoder.IsClaimArray(claims);
    }

    private static bool TrySids(JsonObject answer, string field, out Sid[] sids)
    {
        string[] texts = [];
        bool read = !answer.Has(field) || answer.TryGetStrings(field, out texts);
        sids = new Sid[texts.Length];
        for (int i = 0; i < texts.Length && read; i++)
        {
            read = Sid.TryParse(texts[i], out sids[i]);
        }

        return read;
    }

    private static bool TrySid(JsonObject answer, string field, out Sid sid)
    {
        sid = default;
        return answer.TryGetString(field, out string text) && Sid.TryParse(text, out sid);
    }
}
