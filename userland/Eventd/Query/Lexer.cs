// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Eventd.Query;

/// <summary>Splits a query into words, strings and symbols (EVT-146, EVT-147).</summary>
internal static class Lexer
{
    private const string Symbols = "(),[]=!<>";

    /// <summary>Tokens of <paramref name="text"/>, or null with the reason.</summary>
    internal static List<QueryToken>? Split(string text, out string problem)
    {
        problem = string.Empty;
        List<QueryToken> tokens = [];
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (c == '"')
            {
                if (!String(text, ref at, out string value))
                {
                    problem = "a string has no closing quote";
                    return null;
                }

                tokens.Add(new QueryToken(QueryTokenKind.String, value));
            }
            else if (Symbols.Contains(c, StringComparison.Ordinal))
            {
                tokens.Add(new QueryToken(QueryTokenKind.Symbol, Symbol(text, ref at)));
            }
            else
            {
                int start = at;
                while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] != '"' && !Symbols.Contains(text[at], StringComparison.Ordinal))
                {
                    at++;
                }

                tokens.Add(new QueryToken(QueryTokenKind.Word, text[start..at]));
            }
        }

        return tokens;
    }

    private static string Symbol(string text, ref int at)
    {
        int length = at + 1 < text.Length && text[at + 1] == '=' && "=!<>".Contains(text[at], StringComparison.Ordinal) ? 2 : 1;
        at += length;
        return text.Substring(at - length, length);
    }

    private static bool String(string text, ref int at, out string value)
    {
        StringBuilder s = new();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                value = s.ToString();
                return true;
            }

            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\')
            {
                at++;
            }

            s.Append(text[at]);
        }

        value = string.Empty;
        return false;
    }
}
