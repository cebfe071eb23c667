// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Ipc;
using Peios.Security;

namespace Tools.Frame;

/// <summary>A principal as typed (CLI-013): a SID, a two-letter alias, a well-known name, or a name that authd knows.</summary>
internal static class PrincipalText
{
    private const string AuthdPath = "/run/authd/authd.sock";

    /// <summary>Finds the SID; authd is asked last, and without it such a name is unknown (CLI-009).</summary>
    public static bool TryParse(string text, out Sid sid)
    {
        if (Sid.TryParse(text, out sid) || Sddl.TryParseSid(text, default, out sid) || WellKnownSids.TryFind(text, out sid))
        {
            return true;
        }

        Result<JsonObject> answer = DaemonClient.Ask(AuthdPath, 2000, writer =>
        {
            writer.WriteString("command"u8, "lookup"u8);
            writer.WriteStartArray("names"u8);
            writer.WriteStringValue(text);
            writer.WriteEndArray();
        });
        sid = default;
        return answer.TryGet(out JsonObject? found) && found.TryGetObjects("entries", out JsonObject[] entries) && entries.Length == 1 &&
            entries[0].TryGetString("sid", out string value) && Sid.TryParse(value, out sid);
    }
}
