// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Unicode;

namespace Peios.Ipc;

/// <summary>
/// One parsed JSON object, top level only: fields by name, nested values as their own text. Whole input is checked:
/// RFC 8259, valid UTF-8, no duplicate key, limited nesting (AUTH-002, AUTH-005).
/// </summary>
public sealed class JsonObject
{
    /// <summary>Deepest nesting accepted (AUTH-002).</summary>
    public const int MaxDepth = 16;

    // Nobody's request has more; the bound keeps the duplicate test cheap for hostile input.
    private const int MaxFields = 256;

    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);
    private readonly byte[] _text;

    private JsonObject(byte[] text) => _text = text;

    /// <summary>Number of fields.</summary>
    public int Count => _fields.Count;

    /// <summary>Names of all fields.</summary>
    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>Parses one object.</summary>
    /// <param name="text">One line or nested value; copied.</param>
    /// <param name="result">The object.</param>
    /// <param name="tooDeep">True when the nesting limit was the reason to refuse.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out JsonObject? result, out bool tooDeep)
    {
        result = null;
        tooDeep = false;
        if (!Utf8.IsValid(text))
        {
            return false;
        }

        JsonObject parsed = new(text.ToArray());
        try
        {
            // The reader's own limit is an exception; ours is one above it, so that depth can be told from noise.
            Utf8JsonReader reader = new(parsed._text, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
            if (!parsed.ReadFields(ref reader, ref tooDeep))
            {
                return false;
            }
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate escape: valid JSON text, but no Unicode.
            return false;
        }

        result = parsed;
        return true;
    }

    /// <summary>True when the field is present and not null.</summary>
    public bool Has(string name) => _fields.TryGetValue(name, out Field f) && f.Kind != JsonTokenType.Null;

    /// <summary>True when the field is present, null included.</summary>
    public bool Contains(string name) => _fields.ContainsKey(name);

    /// <summary>Gets a string field.</summary>
    public bool TryGetString(string name, out string value)
    {
        value = string.Empty;
        if (!Reader(name, JsonTokenType.String, out Utf8JsonReader reader))
        {
            return false;
        }

        value = reader.GetString()!;
        return true;
    }

    /// <summary>
    /// Gets a string field as UTF-8 bytes into a buffer of the caller, for secrets that must never be a string (AUTH-013).
    /// </summary>
    /// <param name="name">The field.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="length">Bytes written.</param>
    public bool TryGetBytes(string name, Span<byte> destination, out int length)
    {
        length = 0;
        if (!Reader(name, JsonTokenType.String, out Utf8JsonReader reader) || reader.ValueSpan.Length > destination.Length)
        {
            return false;
        }

        length = reader.CopyString(destination);
        return true;
    }

    /// <summary>Gets a boolean field.</summary>
    public bool TryGetBoolean(string name, out bool value)
    {
        value = _fields.TryGetValue(name, out Field f) && f.Kind == JsonTokenType.True;
        return value || f.Kind == JsonTokenType.False;
    }

    /// <summary>Gets an integer field; fractions, exponents and numbers beyond 64 bits are refused.</summary>
    public bool TryGetInt64(string name, out long value)
    {
        value = 0;
        return Reader(name, JsonTokenType.Number, out Utf8JsonReader reader) && reader.TryGetInt64(out value);
    }

    /// <summary>Gets an unsigned integer field.</summary>
    public bool TryGetUInt64(string name, out ulong value)
    {
        value = 0;
        return Reader(name, JsonTokenType.Number, out Utf8JsonReader reader) && reader.TryGetUInt64(out value);
    }

    /// <summary>Gets a number field.</summary>
    public bool TryGetDouble(string name, out double value)
    {
        value = 0;
        return Reader(name, JsonTokenType.Number, out Utf8JsonReader reader) && reader.TryGetDouble(out value);
    }

    /// <summary>Gets a nested object.</summary>
    public bool TryGetObject(string name, out JsonObject? value)
    {
        value = null;
        return _fields.TryGetValue(name, out Field f) && f.Kind == JsonTokenType.StartObject
            && TryParse(_text.AsSpan(f.Start, f.Length), out value, out _);
    }

    /// <summary>Gets an array of strings.</summary>
    public bool TryGetStrings(string name, out string[] value)
    {
        value = [];
        if (!Reader(name, JsonTokenType.StartArray, out Utf8JsonReader reader))
        {
            return false;
        }

        List<string> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            items.Add(reader.GetString()!);
        }

        value = items.ToArray();
        return true;
    }

    /// <summary>Gets an array of objects.</summary>
    public bool TryGetObjects(string name, out JsonObject[] value)
    {
        value = [];
        if (!Reader(name, JsonTokenType.StartArray, out Utf8JsonReader reader))
        {
            return false;
        }

        Field array = _fields[name];
        List<JsonObject> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject || !reader.TrySkip()
                || !TryParse(_text.AsSpan(array.Start + start, (int)reader.BytesConsumed - start), out JsonObject? item, out _))
            {
                return false;
            }

            items.Add(item!);
        }

        value = items.ToArray();
        return true;
    }

    /// <summary>The text of a field's value, for forwarding; empty when absent.</summary>
    public ReadOnlySpan<byte> Raw(string name) =>
        _fields.TryGetValue(name, out Field f) ? _text.AsSpan(f.Start, f.Length) : default;

    /// <summary>Overwrites the parsed text; call it once a request with a secret has been handled (AUTH-013).</summary>
    public void Wipe() => _text.AsSpan().Clear();

    private bool ReadFields(ref Utf8JsonReader reader, ref bool tooDeep)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!reader.Read() || _fields.Count == MaxFields)
            {
                return false;
            }

            int start = (int)reader.TokenStartIndex;
            JsonTokenType kind = reader.TokenType;
            if (!CheckValue(ref reader, ref tooDeep))
            {
                return false;
            }

            if (!_fields.TryAdd(name, new Field(kind, start, (int)reader.BytesConsumed - start)))
            {
                return false;
            }
        }

        // The final read refuses anything but white space after the object.
        return reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0 && !reader.Read();
    }

    private static bool CheckValue(ref Utf8JsonReader reader, ref bool tooDeep)
    {
        int outer = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return CheckString(ref reader);
        }

        do
        {
            if (reader.CurrentDepth >= MaxDepth
                && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                tooDeep = true;
                return false;
            }

            if (!CheckString(ref reader) || !reader.Read())
            {
                return false;
            }
        }
        while (reader.CurrentDepth > outer);
        return true;
    }

    // Escapes may spell half a surrogate pair, which the reader notices only when the string is copied.
    private static bool CheckString(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            _ = reader.GetString();
        }

        return true;
    }

    private bool Reader(string name, JsonTokenType kind, out Utf8JsonReader reader)
    {
        reader = default;
        if (!_fields.TryGetValue(name, out Field f) || f.Kind != kind)
        {
            return false;
        }

        reader = new Utf8JsonReader(_text.AsSpan(f.Start, f.Length), new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        return reader.Read();
    }

    private readonly record struct Field(JsonTokenType Kind, int Start, int Length);
}
