// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Ipc;
using Peios.Interop;
using Peios.Security;

namespace Tools.Frame;

/// <summary>
/// Names of SIDs for people (CLI-009): well-known ones from the catalogue, others from authd, once for all of them.
/// Without authd, and with <c>--raw</c>, a SID is its own name.
/// </summary>
internal sealed class SidNames
{
    private const string AuthdPath = "/run/authd/authd.sock";
    private const int TimeoutMs = 2000;
    private const int MaxQuestion = 256;

    private readonly Dictionary<Sid, string> _names = [];
    private readonly bool _raw;

    private SidNames(bool raw) => _raw = raw;

    /// <summary>No names at all but the well-known ones.</summary>
    public static SidNames WellKnown(bool raw = false) => new(raw);

    /// <summary>Loads the names of <paramref name="sids"/>.</summary>
    public static SidNames Load(ToolContext context, IEnumerable<Sid> sids)
    {
        SidNames names = new(context.Raw);
        List<Sid> unknown = [];
        foreach (Sid sid in sids)
        {
            if (!context.Raw && !sid.IsNone && IsAskable(sid) && unknown.Count < MaxQuestion && !unknown.Contains(sid))
            {
                unknown.Add(sid);
            }
        }

        if (unknown.Count > 0)
        {
            names.Ask(unknown);
        }

        return names;
    }

    /// <summary>The name, or null.</summary>
    public string? Find(in Sid sid) =>
        _raw ? null : _names.TryGetValue(sid, out string? name) ? name : WellKnownSids.NameOf(sid);

    /// <summary>The name, or the SID's string.</summary>
    public string Of(in Sid sid) => Find(sid) ?? sid.ToString();

    /// <summary>Name and SID, or the SID alone.</summary>
    public string Full(in Sid sid) => Find(sid) is string name ? $"{name} ({sid})" : sid.ToString();

    /// <summary>Takes the entries of an answer to <c>lookup</c>.</summary>
    internal void Take(JsonObject answer)
    {
        if (!answer.TryGetObjects("entries", out JsonObject[] entries))
        {
            return;
        }

        foreach (JsonObject entry in entries)
        {
            if (entry.TryGetString("sid", out string text) && Sid.TryParse(text, out Sid sid) && entry.TryGetString("name", out string name))
            {
                _names[sid] = Table.Printable(name);
            }
        }
    }

    // Logon SIDs have no names, and the catalogue knows the rest.
    private static bool IsAskable(in Sid sid) =>
        WellKnownSids.NameOf(sid) is null && sid.Authority == 5 && sid.SubAuthorityCount > 0 && sid.SubAuthority(0) != 5;

    private void Ask(List<Sid> sids)
    {
        Result<JsonObject> answer = DaemonClient.Ask(AuthdPath, TimeoutMs, writer =>
        {
            writer.WriteString("command"u8, "lookup"u8);
            writer.WriteStartArray("sids"u8);
            foreach (Sid sid in sids)
            {
                writer.WriteStringValue(sid.ToString());
            }

            writer.WriteEndArray();
        });
        if (answer.TryGet(out JsonObject? found))
        {
            Take(found);
        }
    }
}
