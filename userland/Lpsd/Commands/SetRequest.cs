// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Lpsd.Store;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>A <c>set</c> request applied to the principal that it names (LPS-048): a field that is null is cleared.</summary>
internal static class SetRequest
{
    private static readonly string[] s_texts = ["display_name", "description", "home", "shell"];

    /// <summary>
    /// The target of <c>set</c>. Beside <c>sid</c>, <c>name</c> is the new name; alone it is the target.
    /// </summary>
    public static bool TryTarget(JsonObject request, out Target target)
    {
        target = default;
        if (!request.Contains("sid"))
        {
            return Target.TryRead(request, out target);
        }

        bool valid = request.TryGetString("sid", out string text) && Sid.TryParse(text, out Sid _);
        _ = Sid.TryParse(text, out Sid sid);
        target = new Target(null, sid);
        return valid;
    }

    /// <summary>The changed principal; null, and a message, if a field has another form or none is given.</summary>
    public static PrincipalUpdate? Apply(JsonObject request, PrincipalRow row, out string problem)
    {
        List<string> fields = [];
        problem = "";
        foreach (string field in s_texts)
        {
            row = Text(request, field, row, fields, ref problem);
        }

        if (request.Contains("sid") && request.Contains("name"))
        {
            fields.Add("name");
            problem = request.TryGetString("name", out string name) ? problem : "name is not a string";
            row = row with { Name = name };
        }

        row = Flags(request, row, fields, ref problem);
        row = Numbers(request, row, fields, ref problem);
        problem = problem.Length == 0 && fields.Count == 0 ? "no field to set" : problem;
        return problem.Length == 0 ? new PrincipalUpdate(row, fields) : null;
    }

    private static PrincipalRow Text(JsonObject request, string field, PrincipalRow row, List<string> fields, ref string problem)
    {
        if (!request.Contains(field))
        {
            return row;
        }

        string? value = request.TryGetString(field, out string text) ? text : null;
        problem = value is null && request.Has(field) ? $"{field} is neither a string nor null" : problem;
        fields.Add(field);
        return field switch
        {
            "display_name" => row with { DisplayName = value },
            "description" => row with { Description = value },
            "home" => row with { Home = value },
            _ => row with { Shell = value },
        };
    }

    private static PrincipalRow Flags(JsonObject request, PrincipalRow row, List<string> fields, ref string problem)
    {
        if (!request.Contains("flags"))
        {
            return row;
        }

        fields.Add("flags");
        if (!request.TryGetStrings("flags", out string[] names) || !PrincipalFlagNames.TryRead(names, out PrincipalFlags flags))
        {
            problem = "flags is an array of settable flags";
            return row;
        }

        return row with { Flags = flags | (row.Flags & PrincipalFlags.Protected) };
    }

    private static PrincipalRow Numbers(JsonObject request, PrincipalRow row, List<string> fields, ref string problem)
    {
        if (request.Contains("expires_at"))
        {
            fields.Add("expires_at");
            ulong time = 0;
            bool valid = !request.Has("expires_at") || (request.TryGetString("expires_at", out string text) && WireTime.TryParse(text, out time));
            problem = valid ? problem : "expires_at is neither a time nor null";
            row = row with { ExpiresAt = time };
        }

        if (request.Contains("audit_policy"))
        {
            fields.Add("audit_policy");
            bool valid = request.TryGetUInt64("audit_policy", out ulong policy) && policy <= 15;
            problem = valid ? problem : "audit_policy is 0 to 15";
            row = row with { AuditPolicy = (uint)(policy & 15) };
        }

        if (request.Contains("primary_group"))
        {
            fields.Add("primary_group");
            Sid group = default;
            bool valid = request.TryGetString("primary_group", out string text) && Sid.TryParse(text, out group);
            problem = valid ? problem : "primary_group is a SID";
            row = row with { PrimaryGroup = group };
        }

        return row;
    }
}
