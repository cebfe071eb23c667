// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn check</c>: is a group enabled, a privilege enabled, the level reached?</summary>
internal static class CheckCommand
{
    private const string Access = "--access";

    /// <summary>The questions; exactly one is asked.</summary>
    public static readonly IReadOnlyList<ToolOption> Options =
    [
        new("--group", "is this group enabled?", Value: "P"),
        new("--priv", "is this privilege enabled?", Value: "NAME"),
        new("--level", "is the integrity level at least that?", Value: "L"),
        new(Access, "does the token get PERMS on this object (as sd check)?", Value: "OBJECT"),
    ];

    public static ExitCode Run(ToolContext context)
    {
        int asked = 0;
        foreach (ToolOption option in Options)
        {
            asked += context.Arguments.Has(option.Name) ? 1 : 0;
        }

        if (asked != 1)
        {
            return context.Fail(ExitCode.Usage, "check takes one of --group, --priv, --level and --access", "USAGE");
        }

        if (context.Arguments.Has(Access) != context.Operands.Count > 0)
        {
            return context.Fail(ExitCode.Usage, "--access OBJECT and PERMS go together", "USAGE");
        }

        if (context.Arguments.Value(Access) is string target)
        {
            return CheckAccess(context, target, context.Operands[0]);
        }

        Func<TokenView, bool>? question = Question(context, out string problem);
        if (question is null)
        {
            return context.Fail(ExitCode.InvalidInput, problem, "EINVAL");
        }

        return TokenChooser.Read(context, out ExitCode exit) is TokenView token ? Answer(context, question(token)) : exit;
    }

    /// <summary>The question that the options ask, or null and what is wrong with it.</summary>
    internal static Func<TokenView, bool>? Question(ToolContext context, out string problem)
    {
        problem = "";
        if (context.Arguments.Value("--group") is string group)
        {
            problem = $"{group} is not a known group";
            return PrincipalText.TryParse(group, out Sid sid) ? token => IsEnabled(token, sid) : null;
        }

        if (context.Arguments.Value("--priv") is string name)
        {
            problem = $"{name} is not a privilege";
            return Privilege.TryFind(name, out Privilege privilege) ? token => (token.Privileges.Enabled & privilege.Mask) != 0 : null;
        }

        string text = context.Arguments.Value("--level")!;
        problem = $"{text} is not an integrity level";
        return IntegrityText.TryParse(text, out uint level) ? token => token.Integrity >= level : null;
    }

    private static ExitCode CheckAccess(ToolContext context, string target, string perms)
    {
        using Token? token = TokenChooser.Open(context, TokenRights.Query, out ExitCode exit);
        return token is null ? exit : Sd.CheckCommand.Ask(context, target, perms, token.Fd);
    }

    private static ExitCode Answer(ToolContext context, bool yes)
    {
        if (context.Json)
        {
            context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("result", yes);
                writer.WriteEndObject();
            });
        }
        else
        {
            context.Out.WriteLine(yes ? "yes" : "no");
        }

        return yes ? ExitCode.Success : ExitCode.Failed;
    }

    private static bool IsEnabled(TokenView token, in Sid sid)
    {
        foreach (SidAndAttributes group in token.Groups)
        {
            if (group.Sid == sid)
            {
                return (group.Attributes & (GroupAttributes.Enabled | GroupAttributes.UseForDenyOnly)) == GroupAttributes.Enabled;
            }
        }

        return false;
    }
}
