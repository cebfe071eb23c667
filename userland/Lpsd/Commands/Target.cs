// SPDX-License-Identifier: MIT
using Lpsd.Store;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>The target of a command: a name or a SID, not both (LPS-048).</summary>
/// <param name="Name">The name, or null.</param>
/// <param name="Sid">The SID when there is no name.</param>
internal readonly record struct Target(string? Name, Sid Sid)
{
    /// <summary>Reads <paramref name="nameField"/> and <paramref name="sidField"/>; false unless exactly one is there, of its form.</summary>
    public static bool TryRead(JsonObject request, out Target target, string nameField = "name", string sidField = "sid")
    {
        target = default;
        bool hasName = request.TryGetString(nameField, out string name);
        bool hasSid = request.TryGetString(sidField, out string text) && Sid.TryParse(text, out Sid _);
        if (hasName == hasSid || (request.Contains(nameField) && request.Contains(sidField)))
        {
            return false;
        }

        _ = Sid.TryParse(text, out Sid sid);
        target = new Target(hasName ? name : null, sid);
        return true;
    }

    /// <summary>One field that holds either: a SID string is a SID, anything else a name.</summary>
    public static bool TryReadEither(JsonObject request, string field, out Target target)
    {
        target = default;
        if (!request.TryGetString(field, out string text))
        {
            return false;
        }

        target = Sid.TryParse(text, out Sid sid) ? new Target(null, sid) : new Target(text, default);
        return true;
    }

    /// <summary>The principal, or null.</summary>
    public PrincipalRow? Find(LpsStore store) => Name is null ? store.Find(Sid) : store.Find(Name);
}
