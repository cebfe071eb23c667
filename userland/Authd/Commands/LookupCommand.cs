// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Authd.Sources;
using Peios.Ipc;
using Peios.Security;

namespace Authd.Commands;

/// <summary>
/// Names to SIDs and back (AUTH-028): well-known ones and defined services here, the rest by lpsd; nothing is guessed,
/// misses are left out.
/// </summary>
internal sealed class LookupCommand(HotPolicy policy, LocalSource local)
{
    private const int MaxEntries = 256;
    private const int MaxName = 64;

    /// <summary>Checks the shape; answers if it is wrong.</summary>
    public bool TryRead(JsonConnection connection, JsonObject request, out LookupRequest wanted)
    {
        wanted = default;
        string[] names = [];
        string[] texts = [];
        if ((request.Has("names") && !request.TryGetStrings("names", out names)) || (request.Has("sids") && !request.TryGetStrings("sids", out texts)))
        {
            connection.Fail(ErrorCodes.InvalidRequest, "names and sids are arrays of strings");
            return false;
        }

        Sid[] sids = new Sid[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!Sid.TryParse(texts[i], out sids[i]))
            {
                connection.Fail(ErrorCodes.InvalidRequest, "sids holds a string that is no SID");
                return false;
            }
        }

        if (names.Length + sids.Length is 0 or > MaxEntries)
        {
            connection.Fail(ErrorCodes.InvalidRequest, "between 1 and 256 names and sids in all");
            return false;
        }

        wanted = new LookupRequest(names, sids);
        return true;
    }

    /// <summary>Answers, asking lpsd for what is not known here.</summary>
    public void Run(JsonConnection connection, LookupRequest wanted)
    {
        List<LookupEntry> found = [];
        List<string> names = [];
        List<Sid> sids = [];
        foreach (string name in wanted.Names)
        {
            if (!TryName(name, found))
            {
                names.Add(name);
            }
        }

        foreach (Sid sid in wanted.Sids)
        {
            if (!TrySid(sid, found))
            {
                sids.Add(sid);
            }
        }

        if (names.Count + sids.Count == 0)
        {
            Answer(connection, found);
            return;
        }

        local.Link.Ask(Question(names, sids), mayWait: false, answer =>
        {
            ReadEntries(answer, found);
            Answer(connection, found);
        });
    }

    /// <summary>Adds what lpsd found; an answer of another form adds nothing.</summary>
    internal static void ReadEntries(JsonObject? answer, List<LookupEntry> found)
    {
        if (answer is null || !answer.TryGetObjects("entries", out JsonObject[] entries))
        {
            return;
        }

        foreach (JsonObject entry in entries)
        {
            if (entry.TryGetString("name", out string name) && entry.TryGetString("kind", out string kind) &&
                entry.TryGetString("sid", out string text) && Sid.TryParse(text, out Sid sid))
            {
                found.Add(new LookupEntry(name, sid, kind, LocalSource.Name));
            }
        }
    }

    private bool TryName(string name, List<LookupEntry> found)
    {
        AccountName account = AccountName.Route(name);
        if (name.Length > 0 && account.Kind is AccountKind.Builtin or AccountKind.Forbidden && TrySid(account.Sid, found))
        {
            return true;
        }

        if (name.StartsWith(ServiceSid.Prefix, StringComparison.OrdinalIgnoreCase))
        {
            string service = name[ServiceSid.Prefix.Length..];
            if (ServiceSid.IsValidName(service))
            {
                TrySid(ServiceSid.Of(service), found);
            }

            return true;
        }

        // A domain has no source here, and lpsd has no names of that form.
        return account.Kind != AccountKind.Local || !IsPossible(account.Name);
    }

    /// <summary>
    /// May lpsd have a principal of that name (LPS-026)? Others are not asked for: escapes would make a short request a
    /// question six times as long.
    /// </summary>
    internal static bool IsPossible(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not (' ' or '.' or '_' or '-' or '$'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxName;
    }

    private bool TrySid(in Sid sid, List<LookupEntry> found)
    {
        if (ServiceSid.IsService(sid))
        {
            if (policy.Services.TryGetValue(sid, out string? service))
            {
                found.Add(new LookupEntry(ServiceSid.Prefix + service, sid, "service", BuiltinSource.Name));
            }

            return true;
        }

        // The names of aliases are lpsd's, and its answer says which of them exist.
        if (sid.IsChildOf(WellKnownSids.Builtin) || WellKnownSids.NameOf(sid) is not string name)
        {
            return false;
        }

        bool account = sid == WellKnownSids.LocalService || sid == WellKnownSids.NetworkService;
        found.Add(new LookupEntry(name, sid, account ? "service" : "well-known", BuiltinSource.Name));
        return true;
    }

    private static byte[] Question(List<string> names, List<Sid> sids) => LpsdLink.Line(writer =>
    {
        writer.WriteString("command"u8, "lookup"u8);
        writer.WriteStartArray("names"u8);
        foreach (string name in names)
        {
            writer.WriteStringValue(AccountName.Route(name).Name);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("sids"u8);
        foreach (Sid sid in sids)
        {
            writer.WriteStringValue(sid.ToString());
        }

        writer.WriteEndArray();
    });

    private static void Answer(JsonConnection connection, List<LookupEntry> found)
    {
        Utf8JsonWriter writer = connection.BeginAnswer();
        writer.WriteStartArray("entries"u8);
        foreach (LookupEntry entry in found)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, entry.Name);
            writer.WriteString("sid"u8, entry.Sid.ToString());
            writer.WriteString("kind"u8, entry.Kind);
            writer.WriteString("source"u8, entry.Source);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        connection.EndAnswer(writer);
    }
}
