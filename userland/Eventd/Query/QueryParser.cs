// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Eventd.Indexing;

namespace Eventd.Query;

/// <summary>
/// Parses EVENTS and LOGS queries (EVT-146). What the language has and eventd has not built yet is refused by name, never
/// ignored.
/// </summary>
internal sealed class QueryParser
{
    private static readonly string[] NotBuilt = ["COUNT", "TOP", "DISTINCT", "GROUP"];

    private readonly List<QueryToken> _tokens;
    private readonly HashSet<string> _seen = [];
    private readonly long _now;
    private QueryPlan _plan = new(logs: false);
    private int _at;

    private QueryParser(List<QueryToken> tokens, long now)
    {
        _tokens = tokens;
        _now = now;
    }

    private QueryToken Current => _at < _tokens.Count ? _tokens[_at] : default;

    /// <summary>Parses <paramref name="text"/>; null with the reason when it is no query.</summary>
    /// <param name="text">The query.</param>
    /// <param name="now">Current time, ns: what <c>ago</c> counts from.</param>
    /// <param name="problem">What is wrong.</param>
    internal static QueryPlan? Parse(string text, long now, out string problem)
    {
        List<QueryToken>? tokens = Lexer.Split(text, out problem);
        if (tokens is null)
        {
            return null;
        }

        try
        {
            return new QueryParser(tokens, now).Query();
        }
        catch (QuerySyntaxException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static QuerySyntaxException Wrong(string message) => new(message);

    private QueryPlan Query()
    {
        QueryToken mode = Next("EVENTS or LOGS");
        if (mode.Is("METRIC"))
        {
            throw Wrong("METRIC queries are not available yet");
        }

        if (!mode.Is("EVENTS") && !mode.Is("LOGS"))
        {
            throw Wrong($"a query begins with EVENTS or LOGS, not \"{mode.Text}\"");
        }

        _plan = new QueryPlan(mode.Is("LOGS"));
        if (!_plan.Logs && Current.Is("INDEX"))
        {
            return Index();
        }

        if (!_plan.Logs && Current.Kind == QueryTokenKind.Word && !IsClause(Current))
        {
            Pattern(Next("a pattern").Text);
        }

        while (Current.Kind != QueryTokenKind.End)
        {
            Clause(Next("a clause"));
        }

        return _plan;
    }

    /// <summary>EVENTS INDEX f (EVT-173).</summary>
    private QueryPlan Index()
    {
        _at++;
        string name = Next("a field").Text;
        if (Current.Kind != QueryTokenKind.End)
        {
            throw Wrong("EVENTS INDEX names one field and nothing more");
        }

        string column = Field(name, "indexes").Name;
        _plan.Index = Array.IndexOf(DesiredIndexes.Candidates, column) >= 0
            ? column
            : throw Wrong($"{column} gets no index of its own");
        return _plan;
    }

    private static bool IsClause(QueryToken token) =>
        Array.Exists(ClauseNames, token.Is) || Array.Exists(NotBuilt, token.Is);

    private static readonly string[] ClauseNames =
        ["SINCE", "UNTIL", "WHERE", "TAKE", "SKIP", "SELECT", "SORT", "STREAM", "FROM", "ERROR", "CONTAINING"];

    private void Clause(QueryToken name)
    {
        string word = name.Text.ToUpperInvariant();
        if (name.Kind != QueryTokenKind.Word || !IsClause(name))
        {
            throw Wrong($"\"{name.Text}\" is no clause");
        }

        if (Array.IndexOf(NotBuilt, word) >= 0)
        {
            throw Wrong($"{word} is not available yet");
        }

        if (word is not ("WHERE" or "SELECT") && !_seen.Add(word))
        {
            throw Wrong($"{word} is given twice"); // EVT-147
        }

        if (!_plan.Logs && word is "FROM" or "ERROR" or "CONTAINING")
        {
            throw Wrong($"{word} belongs to LOGS");
        }

        switch (word)
        {
            case "SINCE":
                Bound(">=");
                break;
            case "UNTIL":
                Bound("<");
                break;
            case "WHERE":
                Where();
                break;
            case "TAKE":
                _plan.Take = Count("TAKE");
                break;
            case "SKIP":
                _plan.Skip = Count("SKIP");
                break;
            case "SELECT":
                List(token => _plan.Select.Add(token.Text));
                break;
            case "SORT":
                List(Sort);
                break;
            case "STREAM":
                _plan.Stream = true;
                break;
            case "FROM":
                From();
                break;
            case "ERROR":
                Expect("ONLY");
                _ = _plan.Used.Add("is_error");
                _plan.And("is_error = 1");
                break;
            default:
                QueryToken text = Next("a string");
                _ = _plan.Used.Add("message");
                _plan.And(Like("message", "%" + Escape(text.Text) + "%"));
                break;
        }
    }

    private void Bound(string comparison)
    {
        _plan.And($"timestamp {comparison} {_plan.Parameter(Time())}");
        _plan.Bounded = true;
    }

    private void Pattern(string glob)
    {
        _plan.Glob = glob;
        if (glob == "*")
        {
            return;
        }

        _plan.And(glob.Contains('*', StringComparison.Ordinal)
            ? Like("event_type", Escape(glob).Replace('*', '%'))
            : $"event_type = {_plan.Parameter(glob)} COLLATE NOCASE");
        if (!glob.Contains('*', StringComparison.Ordinal))
        {
            _ = _plan.Tested.Add("event_type"); // the same as a condition (EVT-166)
        }
    }

    private void From()
    {
        List<string> places = [];
        List(token => places.Add(_plan.Parameter(token.Text)));
        _plan.And($"origin COLLATE NOCASE IN ({string.Join(',', places)})");
    }

    private void Sort(QueryToken token)
    {
        QueryField field = Field(token.Text, "sorting");
        int column = Array.IndexOf(_plan.Fields, field);
        _ = _plan.Used.Add(field.Name);
        bool descending = Current.Is("DESC");
        _at += descending ? 1 : 0;
        _plan.Sort.Add((column, descending));
    }

    private void Where()
    {
        if (Current.Is("METRIC") || Current.Is("EVENT") || Current.Is("LOG"))
        {
            throw Wrong("conditions on other data are not available yet");
        }

        _plan.And(new ConditionParser(this).Expression(0));
    }

    private void List(Action<QueryToken> item)
    {
        item(Next("a name"));
        while (Current.IsSymbol(","))
        {
            _at++;
            item(Next("a name"));
        }
    }

    private long Count(string clause)
    {
        QueryToken token = Next("a number");
        return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long n)
            ? n
            : throw Wrong($"{clause} needs a number, not \"{token.Text}\"");
    }

    private long Time()
    {
        QueryToken token = Next("a time");
        return TryTime(token, out long time) ? time : throw Wrong($"\"{token.Text}\" is no time");
    }

    /// <summary>Is the token, with the word after it, a time?</summary>
    internal bool TryTime(QueryToken token, out long time)
    {
        if (TimeLiteral.TryDuration(token.Text, out long duration))
        {
            bool ago = Current.Is("ago");
            if (!ago && !Current.Is("hence"))
            {
                throw Wrong($"\"{token.Text}\" needs \"ago\" or \"hence\"");
            }

            _at++;
            time = ago ? Math.Max(0, _now - duration) : duration > long.MaxValue - _now ? long.MaxValue : _now + duration;
            return true;
        }

        return TimeLiteral.TryAbsolute(token.Text, _now, out time);
    }

    /// <summary>The column that a condition names.</summary>
    internal QueryField Condition(string name)
    {
        QueryField field = Field(name, "conditions");
        _ = _plan.Used.Add(field.Name);
        _ = _plan.Tested.Add(field.Name);
        _plan.Bounded |= field.Kind == QueryFieldKind.Time;
        return field;
    }

    /// <summary>The column of that name.</summary>
    private QueryField Field(string name, string what) =>
        QueryField.Find(_plan.Fields, name)
        ?? throw Wrong(_plan.Logs ? $"logs have no field \"{name}\"" : $"{what} on payload fields (\"{name}\") are not available yet");

    /// <summary>LIKE with a pattern whose wildcards are <c>%</c>; ASCII letters compare without case.</summary>
    internal string Like(string column, string pattern) => $"{column} LIKE {_plan.Parameter(pattern)} ESCAPE '\\'";

    /// <summary>Takes the wildcards out of a text.</summary>
    internal static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>Adds a parameter.</summary>
    internal string Parameter(object value) => _plan.Parameter(value);

    /// <summary>The next token without consuming it.</summary>
    internal QueryToken Peek() => Current;

    /// <summary>Consumes a token.</summary>
    internal QueryToken Next(string what)
    {
        QueryToken token = Current;
        if (token.Kind == QueryTokenKind.End)
        {
            throw Wrong($"{what} is missing at the end");
        }

        _at++;
        return token;
    }

    /// <summary>Consumes a keyword or symbol.</summary>
    internal void Expect(string text)
    {
        QueryToken token = Next($"\"{text}\"");
        if (!token.Is(text) && !token.IsSymbol(text))
        {
            throw Wrong($"\"{text}\" expected, not \"{token.Text}\"");
        }
    }
}
