// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn compare A B</c>: exit 1 if anything differs.</summary>
internal static class CompareCommand
{
    public static ExitCode Run(ToolContext context)
    {
        if (TokenChooser.ReadOperand(context, context.Operands[0], out ExitCode exit) is not TokenView left ||
            TokenChooser.ReadOperand(context, context.Operands[1], out exit) is not TokenView right)
        {
            return exit;
        }

        List<Sid> sids = [.. left.Sids(), .. right.Sids()];
        return Print(context, Differences(left, right, SidNames.Load(context, sids)));
    }

    /// <summary>Prints the differences; the exit code.</summary>
    internal static ExitCode Print(ToolContext context, List<(string Field, string A, string B)> differences)
    {
        if (context.Json)
        {
            context.WriteJson(writer =>
            {
                writer.WriteStartArray();
                foreach ((string field, string a, string b) in differences)
                {
                    writer.WriteStartObject();
                    writer.WriteString("field", field);
                    writer.WriteString("a", a);
                    writer.WriteString("b", b);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }
        else if (differences.Count > 0)
        {
            Table table = new("FIELD", "A", "B");
            differences.ForEach(difference => table.Add(difference.Field, difference.A, difference.B));
            context.Write(table);
        }

        return differences.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    /// <summary>What differs: fields, then groups and privileges one by one.</summary>
    internal static List<(string Field, string A, string B)> Differences(TokenView left, TokenView right, SidNames names)
    {
        List<(string, string, string)> result = [];
        using IEnumerator<(string Field, string Text)> others = TokenFields.Of(right, names, true).GetEnumerator();
        foreach ((string field, string text) in TokenFields.Of(left, names, true))
        {
            others.MoveNext();
            if (text != others.Current.Text)
            {
                result.Add((field, text, others.Current.Text));
            }
        }

        List<Sid> seen = [];
        foreach (SidAndAttributes group in (List<SidAndAttributes>)[.. left.Groups, .. right.Groups])
        {
            string a = Find(left, group.Sid);
            string b = Find(right, group.Sid);
            if (a != b && !seen.Contains(group.Sid))
            {
                seen.Add(group.Sid);
                result.Add((names.Of(group.Sid), a, b));
            }
        }

        for (int bit = 0; bit < 64; bit++)
        {
            string a = TokenFields.State(left.Privileges, bit);
            string b = TokenFields.State(right.Privileges, bit);
            if (a != b)
            {
                result.Add((Privilege.NameOf(bit), a, b));
            }
        }

        return result;
    }

    private static string Find(TokenView token, in Sid sid)
    {
        foreach (SidAndAttributes group in token.Groups)
        {
            if (group.Sid == sid)
            {
                return TokenFields.Flags(group.Attributes);
            }
        }

        return "absent";
    }
}
