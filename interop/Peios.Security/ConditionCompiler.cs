// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Peios.Security;

/// <summary>
/// Compiles <c>(expression)</c> to postfix byte-code (KACS-FMT-161 to KACS-FMT-163): <c>||</c> binds weakest, then
/// <c>&amp;&amp;</c>, <c>!</c>, comparisons; all left-associative.
/// </summary>
internal sealed class ConditionCompiler(SddlScanner scanner, SddlOptions options)
{
    /// <summary>Nesting of parentheses; far below the evaluator's stack of 1024, and the recursion here stays small.</summary>
    private const int MaxDepth = 256;

    private const string TooDeep = "expression nested too deeply";

    private readonly ArrayBufferWriter<byte> _code = new(64);
    private int _depth;

    public byte[] Compile()
    {
        _code.Write(ConditionCode.Magic);
        scanner.Expect('(');
        Or();
        scanner.Expect(')');
        return _code.WrittenSpan.ToArray();
    }

    private void Or()
    {
        if (++_depth > MaxDepth)
        {
            scanner.Fail(TooDeep);
        }
        And();
        while (scanner.Take("||"))
        {
            And();
            Emit(ConditionCode.Or);
        }
        _depth--;
    }

    private void And()
    {
        Not();
        while (scanner.Take("&&"))
        {
            Not();
            Emit(ConditionCode.And);
        }
    }

    private void Not()
    {
        int negations = 0;
        scanner.SkipBlanks();
        while (scanner.Take('!'))
        {
            negations++;
            scanner.SkipBlanks();
        }
        // Output writes each negation with parentheses of its own; what is accepted here must fit there too.
        int levels = Math.Max(0, negations - (scanner.Current == '(' ? 1 : 0));
        _depth += levels;
        if (_depth > MaxDepth)
        {
            scanner.Fail(TooDeep);
        }
        Primary();
        _depth -= levels;
        for (; negations > 0 && !scanner.Failed; negations--)
        {
            Emit(ConditionCode.Not);
        }
        scanner.SkipBlanks();
    }

    private void Primary()
    {
        if (scanner.Take('('))
        {
            Or();
            scanner.Expect(')');
            return;
        }
        if (TakeWord("Exists"))
        {
            Prefixed(ConditionCode.Exists);
            return;
        }
        if (TakeWord("Not_Exists"))
        {
            Prefixed(ConditionCode.NotExists);
            return;
        }
        foreach ((string word, byte code) in ConditionCode.Membership)
        {
            if (TakeWord(word))
            {
                scanner.SkipBlanks();
                Sids();
                Emit(code);
                return;
            }
        }
        Attribute();
        Comparison();
    }

    private void Prefixed(byte code)
    {
        scanner.SkipBlanks();
        Attribute();
        Emit(code);
    }

    private void Comparison()
    {
        scanner.SkipBlanks();
        foreach ((string word, byte code) in ConditionCode.Infix)
        {
            if (char.IsAsciiLetter(word[0]) ? TakeWord(word) : scanner.Take(word))
            {
                scanner.SkipBlanks();
                Operand();
                Emit(code);
                return;
            }
        }
    }

    private void Operand()
    {
        if (scanner.Current == '{')
        {
            List(static compiler => compiler.Literal());
        }
        else if (scanner.Current == '@' || (char.IsLetter(scanner.Current) && !IsSidLiteral()) || scanner.Current is '%' or '_')
        {
            Attribute();
        }
        else
        {
            Literal();
        }
    }

    private void Sids()
    {
        if (scanner.Current == '{')
        {
            List(static compiler => compiler.SidLiteral());
        }
        else
        {
            SidLiteral();
        }
    }

    /// <summary>A composite: its length is known only after its elements, hence the scratch writer.</summary>
    private void List(Action<ConditionCompiler> element)
    {
        scanner.Expect('{');
        scanner.SkipBlanks();
        ConditionCompiler inner = new(scanner, options);
        while (!scanner.AtEnd && scanner.Current != '}')
        {
            element(inner);
            scanner.SkipBlanks();
            if (!scanner.Take(','))
            {
                break;
            }
            scanner.SkipBlanks();
            if (scanner.Current == '}')
            {
                scanner.Fail("expected a value");
            }
        }
        scanner.Expect('}');
        EmitCounted(ConditionCode.Composite, inner._code.WrittenSpan);
    }

    private void Literal()
    {
        char c = scanner.Current;
        if (c == '"')
        {
            EmitCounted(ConditionCode.String, MemoryMarshal.AsBytes(SddlLiterals.ReadString(scanner).AsSpan()));
        }
        else if (c == '#')
        {
            scanner.Advance();
            EmitCounted(ConditionCode.Octets, SddlLiterals.ReadHex(scanner));
        }
        else if (c is '+' or '-' || char.IsAsciiDigit(c))
        {
            Integer();
        }
        else if (IsSidLiteral())
        {
            SidLiteral();
        }
        else
        {
            scanner.Fail("expected a value");
        }
    }

    private void Integer()
    {
        long value = SddlLiterals.ReadInteger(scanner, out byte sign, out byte numberBase);
        Span<byte> bytes = stackalloc byte[11];
        bytes[0] = ConditionCode.Int64;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value);
        bytes[9] = sign;
        bytes[10] = numberBase;
        _code.Write(bytes);
    }

    private bool IsSidLiteral() => scanner.Word().Equals("SID", StringComparison.OrdinalIgnoreCase);

    private void SidLiteral()
    {
        if (!TakeWord("SID"))
        {
            scanner.Fail("expected SID(…)");
        }
        scanner.SkipBlanks();
        scanner.Expect('(');
        scanner.SkipBlanks();
        Sid sid = SddlAliases.ReadSid(scanner, options);
        scanner.SkipBlanks();
        scanner.Expect(')');
        EmitCounted(ConditionCode.Sid, sid.ToArray());
    }

    private void Attribute()
    {
        int start = scanner.Position;
        byte code = ConditionCode.LocalAttribute;
        if (scanner.Current == '@')
        {
            while (code <= ConditionCode.DeviceAttribute && !scanner.Take(ConditionCode.Prefixes[code - ConditionCode.LocalAttribute], StringComparison.OrdinalIgnoreCase))
            {
                code++;
            }
            if (code > ConditionCode.DeviceAttribute)
            {
                scanner.Fail("unknown attribute prefix");
            }
        }
        else if (!char.IsLetter(scanner.Current) && scanner.Current is not ('_' or '%'))
        {
            // A bare name that begins otherwise could be taken for a number or an operator.
            scanner.Fail("expected an attribute");
        }
        string name = Name();
        if (name.Length is 0 or > ClaimEntry.MaxNameLength)
        {
            scanner.Fail(start, name.Length == 0 ? "expected an attribute" : "attribute name too long");
        }
        EmitCounted(code, MemoryMarshal.AsBytes(name.AsSpan()));
    }

    private string Name()
    {
        StringBuilder name = new();
        while (ConditionCode.IsPlainNameCharacter(scanner.Current) || scanner.Current == '%')
        {
            char c = scanner.Current;
            scanner.Advance();
            name.Append(c == '%' ? EncodedCharacter() : c);
        }
        return name.ToString();
    }

    private char EncodedCharacter()
    {
        int start = scanner.Position;
        for (int i = 0; i < 4; i++)
        {
            if (!char.IsAsciiHexDigit(scanner.Current))
            {
                scanner.Fail("expected four hex digits after '%'");
                return '\0';
            }
            scanner.Advance();
        }
        char c = (char)ushort.Parse(scanner.Since(start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (c == '\0')
        {
            scanner.Fail(start, "a name holds no NUL");
        }
        return c;
    }

    /// <summary>Takes a whole word: <c>Member_of</c> is not the beginning of <c>Member_of_Any</c>.</summary>
    private bool TakeWord(string word)
    {
        if (!scanner.Word().Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        scanner.Advance(word.Length);
        return true;
    }

    private void Emit(byte code) => _code.Write([code]);

    private void EmitCounted(byte code, ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = code;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], data.Length);
        _code.Write(head);
        _code.Write(data);
    }
}
