// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Peios.Security;

/// <summary>
/// Turns byte-code back into text (KACS-FMT-163). Only programs that the compiler could have made have a text; for
/// any other this fails rather than print something that would compile to different bytes.
/// </summary>
internal ref struct ConditionFormatter
{
    /// <summary>Parentheses in the output: what the compiler takes.</summary>
    private const int MaxDepth = 256;

    private readonly SddlOptions _options;
    private readonly List<Item> _nodes;
    private readonly List<int> _stack;
    private ReadOnlySpan<byte> _rest;

    private ConditionFormatter(ReadOnlySpan<byte> code, SddlOptions options)
    {
        _rest = code;
        _options = options;
        _nodes = [];
        _stack = [];
    }

    /// <summary>How tightly an item binds, and what it is.</summary>
    private enum Kind
    {
        Or = 1,
        And = 2,
        Term = 3,
        Attribute = 4,
        Literal = 5,
        SidLiteral = 6,
    }

    public static bool TryAppend(StringBuilder text, ReadOnlySpan<byte> program, in SddlOptions options)
    {
        if (!program.StartsWith(ConditionCode.Magic))
        {
            return false;
        }
        ConditionFormatter formatter = new(program[4..], options);
        if (!formatter.Run() || formatter._stack.Count != 1 || formatter._nodes[formatter._stack[0]].Kind > Kind.Attribute)
        {
            return false;
        }
        text.Append('(');
        formatter.Write(text);
        text.Append(')');
        return true;
    }

    private bool Run()
    {
        while (!_rest.IsEmpty)
        {
            byte code = _rest[0];
            if (code == 0)
            {
                return _rest.Length < 4 && _rest.IndexOfAnyExcept((byte)0) < 0;
            }
            _rest = _rest[1..];
            if (!Step(code) || _stack.Count > MaxDepth + 2)
            {
                return false;
            }
        }
        return true;
    }

    private bool Step(byte code) => code switch
    {
        ConditionCode.Int64 or ConditionCode.String or ConditionCode.Octets or ConditionCode.Sid => Push(code),
        ConditionCode.Composite => PushComposite(),
        >= ConditionCode.LocalAttribute and <= ConditionCode.DeviceAttribute => PushAttribute(code),
        ConditionCode.And => Join(Kind.And, " && "),
        ConditionCode.Or => Join(Kind.Or, " || "),
        ConditionCode.Not => Negate(),
        ConditionCode.Exists => Prefix("Exists "),
        ConditionCode.NotExists => Prefix("Not_Exists "),
        _ => Membership(code) || Compare(code),
    };

    private readonly bool Pop(out Item item)
    {
        if (_stack.Count == 0)
        {
            item = default;
            return false;
        }
        item = _nodes[_stack[^1]];
        _stack.RemoveAt(_stack.Count - 1);
        return true;
    }

    private readonly int Top(int below) => _stack[^(1 + below)];

    private readonly bool Push(string text, Kind kind, int depth, int left = -1, int right = -1)
    {
        _nodes.Add(new Item(text, kind, depth, left, right));
        _stack.Add(_nodes.Count - 1);
        return depth <= MaxDepth;
    }

    private readonly bool Join(Kind kind, string word)
    {
        if (_stack.Count < 2)
        {
            return false;
        }
        int r = Top(0);
        int l = Top(1);
        if (!Pop(out Item right) || !Pop(out Item left) || right.Kind > Kind.Attribute || left.Kind > Kind.Attribute)
        {
            return false;
        }
        int depth = Math.Max(left.Depth + (IsWrapped(kind, left, false) ? 1 : 0), right.Depth + (IsWrapped(kind, right, true) ? 1 : 0));
        return Push(word, kind, depth, l, r);
    }

    /// <summary>Left-associative: the same operator on the right needs parentheses to come back to the same bytes.</summary>
    private static bool IsWrapped(Kind parent, in Item item, bool isRight) => isRight ? item.Kind <= parent : item.Kind < parent;

    private readonly bool Negate()
    {
        int operand = _stack.Count == 0 ? -1 : Top(0);
        return Pop(out Item item) && item.Kind <= Kind.Attribute && Push("!", Kind.Term, item.Depth + 1, operand);
    }

    private readonly bool Prefix(string word) =>
        Pop(out Item item) && item.Kind == Kind.Attribute && Push(word + item.Text, Kind.Term, item.Depth);

    private readonly bool Membership(byte code)
    {
        string? word = ConditionCode.WordOf(ConditionCode.Membership, code);
        return word is not null && Pop(out Item item) && item.Kind == Kind.SidLiteral &&
            Push(item.Text.StartsWith('{') ? word + item.Text : $"{word} {item.Text}", Kind.Term, item.Depth);
    }

    private readonly bool Compare(byte code)
    {
        string? word = ConditionCode.WordOf(ConditionCode.Infix, code);
        return word is not null && Pop(out Item right) && Pop(out Item left) &&
            right.Kind >= Kind.Attribute && left.Kind == Kind.Attribute && Push($"{left.Text} {word} {right.Text}", Kind.Term, 0);
    }

    /// <summary>
    /// Writes the tree without recursion: a program of 64 KB may join ten thousand terms, one below the other.
    /// </summary>
    private readonly void Write(StringBuilder text)
    {
        Stack<(string? Text, int Node)> left = new();
        left.Push((null, _stack[0]));
        while (left.TryPop(out (string? Text, int Node) next))
        {
            if (next.Text is not null)
            {
                text.Append(next.Text);
                continue;
            }
            Item item = _nodes[next.Node];
            if (item.Left < 0)
            {
                text.Append(item.Text);
            }
            else if (item.Right < 0)
            {
                text.Append("!(");
                left.Push((")", 0));
                left.Push((null, item.Left));
            }
            else
            {
                PushOperand(left, item.Right, IsWrapped(item.Kind, _nodes[item.Right], true));
                left.Push((item.Text, 0));
                PushOperand(left, item.Left, IsWrapped(item.Kind, _nodes[item.Left], false));
            }
        }
    }

    private static void PushOperand(Stack<(string? Text, int Node)> left, int node, bool wrapped)
    {
        if (wrapped)
        {
            left.Push((")", 0));
        }
        left.Push((null, node));
        if (wrapped)
        {
            left.Push(("(", 0));
        }
    }

    private bool Push(byte code) =>
        TryLiteral(ref _rest, code, out string text) && Push(text, code == ConditionCode.Sid ? Kind.SidLiteral : Kind.Literal, 0);

    private bool PushComposite()
    {
        if (!TryCounted(ref _rest, out ReadOnlySpan<byte> contents))
        {
            return false;
        }
        StringBuilder text = new("{");
        bool allSids = true;
        while (!contents.IsEmpty)
        {
            byte code = contents[0];
            contents = contents[1..];
            if (!TryLiteral(ref contents, code, out string element))
            {
                return false;
            }
            allSids &= code == ConditionCode.Sid;
            text.Append(text.Length > 1 ? ", " : "").Append(element);
        }
        return Push(text.Append('}').ToString(), allSids ? Kind.SidLiteral : Kind.Literal, 0);
    }

    private bool PushAttribute(byte code)
    {
        if (!TryCounted(ref _rest, out ReadOnlySpan<byte> bytes) || (bytes.Length & 1) != 0 || bytes.Length is 0 or > 2 * ClaimEntry.MaxNameLength)
        {
            return false;
        }
        StringBuilder text = new(ConditionCode.Prefixes[code - ConditionCode.LocalAttribute]);
        foreach (char c in MemoryMarshal.Cast<byte, char>(bytes))
        {
            if (c == '\0')
            {
                return false;
            }
            _ = ConditionCode.IsPlainNameCharacter(c) ? text.Append(c) : text.Append(CultureInfo.InvariantCulture, $"%{(ushort)c:x4}");
        }
        return Push(text.ToString(), Kind.Attribute, 0);
    }

    private readonly bool TryLiteral(ref ReadOnlySpan<byte> rest, byte code, out string text)
    {
        text = "";
        if (code == ConditionCode.Int64)
        {
            return TryInteger(ref rest, out text);
        }
        if (code is not (ConditionCode.String or ConditionCode.Octets or ConditionCode.Sid) || !TryCounted(ref rest, out ReadOnlySpan<byte> data))
        {
            return false;
        }
        if (code == ConditionCode.Octets)
        {
            text = "#" + Convert.ToHexStringLower(data);
            return true;
        }
        if (code == ConditionCode.Sid)
        {
            bool valid = Sid.TryReadExact(data, out Sid sid);
            text = $"SID({Sddl.FormatSid(sid, _options)})";
            return valid;
        }
        ReadOnlySpan<char> value = MemoryMarshal.Cast<byte, char>(data);
        text = $"\"{value}\"";
        return (data.Length & 1) == 0 && SddlLiterals.IsString(value);
    }

    private static bool TryInteger(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.Length < 10)
        {
            return false;
        }
        long value = BinaryPrimitives.ReadInt64LittleEndian(rest);
        byte sign = rest[8];
        byte numberBase = rest[9];
        rest = rest[10..];
        bool negative = value < 0;
        ulong magnitude = negative ? unchecked((ulong)-value) : (ulong)value;
        // The compiler stores a minus together with a negative value (or zero), and nothing else with one.
        if (negative ? sign != SddlLiterals.SignMinus : sign == SddlLiterals.SignMinus && value != 0)
        {
            return false;
        }
        string? digits = numberBase switch
        {
            SddlLiterals.BaseOctal => "0" + Convert.ToString(unchecked((long)magnitude), 8),
            SddlLiterals.BaseDecimal => magnitude.ToString(CultureInfo.InvariantCulture),
            SddlLiterals.BaseHex => $"0x{magnitude:x}",
            _ => null,
        };
        string? prefix = sign switch { SddlLiterals.SignPlus => "+", SddlLiterals.SignMinus => "-", SddlLiterals.SignNone => "", _ => null };
        text = prefix + digits;
        return digits is not null && prefix is not null;
    }

    private static bool TryCounted(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (rest.Length < 4)
        {
            return false;
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (length > rest.Length - 4)
        {
            return false;
        }
        data = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return true;
    }

    /// <summary>A leaf's text, or an operator with the indices of its operands.</summary>
    private readonly record struct Item(string Text, Kind Kind, int Depth, int Left, int Right);
}
