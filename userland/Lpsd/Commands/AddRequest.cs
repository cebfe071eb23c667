// SPDX-License-Identifier: MIT
using Lpsd.Store;
using Peios.Ipc;

namespace Lpsd.Commands;

/// <summary>An <c>add</c> request of the right shape (LPS-048).</summary>
/// <param name="Principal">The principal, its groups not looked up yet.</param>
/// <param name="Groups">Names or SIDs of groups.</param>
internal sealed record AddRequest(NewPrincipal Principal, string[] Groups)
{
    /// <summary>Null, and a message, if a field is missing or has another form.</summary>
    public static AddRequest? Read(JsonObject request, out string problem)
    {
        string[] groups = [];
        string[] flagNames = [];
        PrincipalKind kind = default;
        PrincipalFlags flags = default;
        ulong expires = 0;
        bool shaped = request.TryGetString("name", out string name) & request.TryGetString("kind", out string kindName);
        problem = !shaped ? "name and kind are needed"
            : !PrincipalJson.TryKind(kindName, out kind) || kind is PrincipalKind.Alias or PrincipalKind.Machine ? "kind is user, group or service"
            : request.Has("groups") && !request.TryGetStrings("groups", out groups) ? "groups is an array of strings"
            : request.Has("flags") && !request.TryGetStrings("flags", out flagNames) ? "flags is an array of strings"
            : !PrincipalFlagNames.TryRead(flagNames, out flags) ? "flags holds an unknown or fixed flag"
            : request.Has("expires_at") && !(request.TryGetString("expires_at", out string time) && WireTime.TryParse(time, out expires)) ? "expires_at is not a time"
            : "";
        NewPrincipal principal = new()
        {
            Name = name,
            Kind = kind,
            DisplayName = Text(request, "display_name", ref problem),
            Description = Text(request, "description", ref problem),
            Home = Text(request, "home", ref problem),
            Shell = Text(request, "shell", ref problem),
            Flags = flags,
            ExpiresAt = expires,
        };
        return problem.Length == 0 ? new AddRequest(principal, groups) : null;
    }

    private static string? Text(JsonObject request, string field, ref string problem)
    {
        if (!request.Has(field))
        {
            return null;
        }

        if (request.TryGetString(field, out string value))
        {
            return value;
        }

        problem = $"{field} is not a string";
        return null;
    }
}
