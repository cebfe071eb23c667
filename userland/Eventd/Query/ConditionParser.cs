// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Peios.Security;

namespace Eventd.Query;

/// <summary>Conditions on columns: AND before OR, parentheses, tests (EVT-154, EVT-156). Yields SQL; values are parameters.</summary>
internal sealed class ConditionParser(QueryParser parser)
{
    private const int MaxDepth = 64;

    private static readonly string[] Origins = ["userspace", "kmes", "kacs", "lcs"];

    /// <summary>Parses <c>conj { OR conj }</c>.</summary>
    internal string Expression(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new QuerySyntaxException("the condition is nested too deeply");
        }

        string sql = Conjunction(depth);
        while (parser.Peek().Is("OR"))
        {
            parser.Expect("OR");
            sql = $"{sql} OR {Conjunction(depth)}";
        }

        return sql;
    }

    private string Conjunction(int depth)
    {
        string sql = Primary(depth);
        while (parser.Peek().Is("AND"))
        {
            parser.Expect("AND");
            sql = $"{sql} AND {Primary(depth)}";
        }

        return sql;
    }

    private string Primary(int depth)
    {
        if (parser.Peek().IsSymbol("("))
        {
            parser.Expect("(");
            string inner = Expression(depth + 1);
            parser.Expect(")");
            return $"({inner})";
        }

        return Test(parser.Condition(parser.Next("a field").Text));
    }

    private string Test(QueryField field)
    {
        QueryToken op = parser.Next("an operator");
        switch (op.Text.ToUpperInvariant())
        {
            case "IS":
                bool not = parser.Peek().Is("NOT");
                if (not)
                {
                    parser.Expect("NOT");
                }

                parser.Expect("NULL");
                return $"{field.Name} IS {(not ? "NOT " : string.Empty)}NULL";
            case "IN":
                return Members(field, "IN");
            case "NOT_IN":
                return Members(field, "NOT IN");
            case "STARTS_WITH":
                return Text(field, op.Text, string.Empty, "%");
            case "ENDS_WITH":
                return Text(field, op.Text, "%", string.Empty);
            case "CONTAINS":
                return Text(field, op.Text, "%", "%");
            case "==":
                return $"{Column(field)} = {Value(field)}";
            case "!=":
                return $"{Column(field)} <> {Value(field)}";
            case ">" or ">=" or "<" or "<=" when field.Kind is QueryFieldKind.Integer or QueryFieldKind.Time or QueryFieldKind.Origin:
                return $"{field.Name} {op.Text} {Value(field)}";
            default:
                throw new QuerySyntaxException($"\"{op.Text}\" does not apply to {field.Name}");
        }
    }

    private static string Column(QueryField field) => field.Kind == QueryFieldKind.Text ? $"{field.Name} COLLATE NOCASE" : field.Name;

    private string Members(QueryField field, string op)
    {
        List<string> values = [];
        parser.Expect("(");
        values.Add(Value(field));
        while (parser.Peek().IsSymbol(","))
        {
            parser.Expect(",");
            values.Add(Value(field));
        }

        parser.Expect(")");
        return $"{Column(field)} {op} ({string.Join(',', values)})";
    }

    private string Text(QueryField field, string op, string before, string after)
    {
        if (field.Kind != QueryFieldKind.Text)
        {
            throw new QuerySyntaxException($"\"{op}\" does not apply to {field.Name}");
        }

        return parser.Like(field.Name, before + QueryParser.Escape(parser.Next("a string").Text) + after);
    }

    private string Value(QueryField field)
    {
        QueryToken token = parser.Next("a value");
        if (token.Kind == QueryTokenKind.Symbol)
        {
            throw new QuerySyntaxException($"\"{token.Text}\" is no value");
        }

        return parser.Parameter(field.Kind switch
        {
            QueryFieldKind.Text => token.Text,
            QueryFieldKind.Guid => GuidText.TryParse(token.Text, out Guid guid) ? guid.ToByteArray() : throw Bad(field, token),
            QueryFieldKind.Boolean => Boolean(field, token),
            QueryFieldKind.Origin when Array.FindIndex(Origins, token.Is) is int origin and >= 0 => (long)origin,
            QueryFieldKind.Time when parser.TryTime(token, out long time) => time,
            _ => Integer(field, token),
        });
    }

    private static QuerySyntaxException Bad(QueryField field, QueryToken token) => new($"\"{token.Text}\" is no value of {field.Name}");

    private static object Boolean(QueryField field, QueryToken token) => token.Text.ToUpperInvariant() switch
    {
        "TRUE" or "1" => 1L,
        "FALSE" or "0" => 0L,
        _ => throw Bad(field, token),
    };

    private static long Integer(QueryField field, QueryToken token)
    {
        bool hex = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool good = hex
            ? long.TryParse(token.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            : long.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        return good && token.Kind == QueryTokenKind.Word ? value : throw Bad(field, token);
    }
}
