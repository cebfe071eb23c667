// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;
using Eventd.Query;
using Peios.Interop;
using Peios.Interop.Kacs;

namespace Eventd.Access;

/// <summary>
/// What one client sees of the rows of one query (section 9.2). Decisions are asked for once: per descriptor, or per
/// descriptor and set of fields where object ACEs tell fields apart (EVT-244).
/// </summary>
internal sealed class RecordFilter
{
    // Emitters choose types and fields, and anybody chooses the origins of logs: what is remembered stays small.
    private const int MaxRemembered = 1024;
    private const int MaxRememberedChars = 1024;

    private readonly SecurityCatalogue _catalogue;
    private readonly IAccessSubject _subject;
    private readonly DataKind _kind;
    private readonly Dictionary<string, GuardedPattern?> _patterns = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<GuardedPattern, RecordVerdict> _whole = [];
    private readonly Dictionary<(GuardedPattern Pattern, string Fields), RecordVerdict> _parts = [];
    private readonly string[] _columns;
    private SecurityTable _table;
    private byte[] _lastType = [];
    private GuardedPattern? _lastPattern;

    internal RecordFilter(SecurityCatalogue catalogue, IAccessSubject subject, DataKind kind)
    {
        _catalogue = catalogue;
        _subject = subject;
        _kind = kind;
        _table = catalogue[kind];
        _columns = Array.ConvertAll(kind == DataKind.Logs ? QueryField.Logs : QueryField.Events, static field => field.Name);
    }

    /// <summary>Checks asked for so far.</summary>
    internal int Checks { get; private set; }

    /// <summary>Answers and patterns that are remembered.</summary>
    internal int Remembered => _patterns.Count + _parts.Count;

    /// <summary>
    /// Can SQLite count the rows of the result? Only if all of them are guarded alike: then all are shown, or none.
    /// </summary>
    internal bool Uniform(string? glob) => _table.Reachable(glob) is [{ HasFields: false }] or [];

    /// <summary>
    /// A query may not sort by, or ask about, a field that the client may not read in a record that it may see: order and
    /// selection would tell (EVT-243; conditions are ours).
    /// </summary>
    internal string? Refuse(string? glob, IReadOnlyCollection<string> used)
    {
        if (used.Count == 0)
        {
            return null;
        }

        foreach (GuardedPattern pattern in _table.Reachable(glob))
        {
            if (!pattern.HasFields)
            {
                continue;
            }

            RecordVerdict verdict = Decide(pattern, pattern.Pattern, [.. _columns]);
            foreach (string field in used)
            {
                if (verdict.Visible && !verdict.Shows(field))
                {
                    return $"access denied: the query uses the field {field}";
                }
            }
        }

        return null;
    }

    /// <summary>Follows a change of descriptors, for the next batch of a stream (EVT-246).</summary>
    internal void Renew()
    {
        if (!ReferenceEquals(_table, _catalogue[_kind]))
        {
            _table = _catalogue[_kind];
            _patterns.Clear();
            _whole.Clear();
            _parts.Clear();
            _lastType = [];
        }
    }

    /// <summary>What the client sees of a record.</summary>
    /// <param name="identifier">Event type or log origin, UTF-8.</param>
    /// <param name="payload">The event's payload; empty for none.</param>
    internal RecordVerdict Look(ReadOnlySpan<byte> identifier, ReadOnlySpan<byte> payload)
    {
        if (_lastType.Length == 0 || !identifier.SequenceEqual(_lastType))
        {
            _lastType = identifier.ToArray();
            _lastPattern = Pattern(Encoding.UTF8.GetString(identifier));
        }

        if (_lastPattern is null)
        {
            return default; // nothing guards it: denied (EVT-228)
        }

        if (_lastPattern.HasFields)
        {
            return Parts(_lastPattern, PayloadFields.Names(payload, _columns));
        }

        if (!_whole.TryGetValue(_lastPattern, out RecordVerdict verdict))
        {
            verdict = Decide(_lastPattern, Encoding.UTF8.GetString(identifier), []);
            _whole.Add(_lastPattern, verdict);
        }

        return verdict;
    }

    private GuardedPattern? Pattern(string identifier)
    {
        if (!_patterns.TryGetValue(identifier, out GuardedPattern? pattern))
        {
            pattern = _table.Find(identifier);
            if (identifier.Length <= MaxRememberedChars)
            {
                if (_patterns.Count >= MaxRemembered)
                {
                    _patterns.Clear();
                }

                _patterns.Add(identifier, pattern);
            }
        }

        return pattern;
    }

    private RecordVerdict Parts(GuardedPattern pattern, List<string> payloadFields)
    {
        string key = string.Join('\0', payloadFields);
        if (!_parts.TryGetValue((pattern, key), out RecordVerdict verdict))
        {
            verdict = Decide(pattern, Encoding.UTF8.GetString(_lastType), [.. _columns, .. payloadFields]);
            if (key.Length <= MaxRememberedChars)
            {
                if (_parts.Count >= MaxRemembered)
                {
                    _parts.Clear();
                }

                _parts.Add((pattern, key), verdict);
            }
        }

        return verdict;
    }

    /// <summary>One check; anything but a decision denies (EVT-269).</summary>
    private RecordVerdict Decide(GuardedPattern pattern, string identifier, List<string> fields)
    {
        // More fields than the kernel looks at: those beyond are not shown.
        int count = Math.Min(fields.Count, KacsDevice.ObjectNodesMax - 1);
        KacsObjectNode[] nodes = new KacsObjectNode[count + 1];
        nodes[0] = new KacsObjectNode(0, FieldGuid.Root(_kind));
        for (int i = 0; i < count; i++)
        {
            nodes[i + 1] = new KacsObjectNode(1, FieldGuid.Of(fields[i]));
        }

        bool[] allowed = new bool[nodes.Length];
        Checks++;
        string context = $"{(_kind == DataKind.Logs ? "logs" : "events")}:{identifier}";
        Errno error = _subject.Check(pattern.Descriptor, context, nodes, allowed);
        if (!error.Ok)
        {
            Report.Error($"query: the check of {context} failed: {error}");
            return default;
        }

        return Verdict(fields, allowed, count);
    }

    private static RecordVerdict Verdict(List<string> fields, bool[] allowed, int count)
    {
        if (fields.Count == 0)
        {
            return new RecordVerdict(allowed[0], null);
        }

        HashSet<string> shown = [];
        for (int i = 0; i < count; i++)
        {
            if (allowed[i + 1])
            {
                _ = shown.Add(fields[i]);
            }
        }

        // A map is shown as a whole, so what is below it must be granted too.
        for (int i = 0; i < fields.Count; i++)
        {
            int dot = fields[i].IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && (i >= count || !allowed[i + 1]))
            {
                _ = shown.Remove(fields[i][..dot]);
            }
        }

        return new RecordVerdict(shown.Count == fields.Count, shown);
    }
}
