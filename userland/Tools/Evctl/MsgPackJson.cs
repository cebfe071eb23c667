// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Text.Json;
using Peios.Events;
using Peios.Security;

namespace Tools.Evctl;

/// <summary>MessagePack as JSON (CLI-022): binary under keys ending in sid or guid is shown as such, other binary as base64.</summary>
internal static class MsgPackJson
{
    // Deeper than any payload that the kernel accepts; kernel payloads are not limited, so what is below is cut.
    private const int MaxDepth = 300;

    /// <summary>Writes one value.</summary>
    internal static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        MsgPackReader r = new(value);
        Value(json, ref r, string.Empty, 0);
    }

    /// <summary>Binary as text: a SID, a GUID, or null when the key does not say so or the bytes are none.</summary>
    internal static string? BinaryText(string key, ReadOnlySpan<byte> bytes)
    {
        if (key.EndsWith("guid", StringComparison.OrdinalIgnoreCase) && bytes.Length == 16)
        {
            return new Guid(bytes).ToString();
        }

        return key.EndsWith("sid", StringComparison.OrdinalIgnoreCase) && Sid.TryReadExact(bytes, out Sid sid) ? sid.ToString() : null;
    }

    private static void Value(Utf8JsonWriter json, ref MsgPackReader r, string key, int depth)
    {
        switch (r.NextType)
        {
            case MsgPackType.Map when depth < MaxDepth && r.TryReadMap(out int pairs):
                Map(json, ref r, pairs, depth);
                break;
            case MsgPackType.Array when depth < MaxDepth && r.TryReadArray(out int count):
                json.WriteStartArray();
                for (int i = 0; i < count && r.Ok; i++)
                {
                    Value(json, ref r, string.Empty, depth + 1);
                }

                json.WriteEndArray();
                break;
            case MsgPackType.String when r.TryReadString(out ReadOnlySpan<byte> text):
                json.WriteStringValue(Encoding.UTF8.GetString(text));
                break;
            case MsgPackType.Binary when r.TryReadBinary(out ReadOnlySpan<byte> bytes):
                Binary(json, key, bytes);
                break;
            case MsgPackType.Boolean when r.TryReadBoolean(out bool flag):
                json.WriteBooleanValue(flag);
                break;
            case MsgPackType.Integer:
                Integer(json, ref r);
                break;
            case MsgPackType.Float when r.TryReadDouble(out double number):
                if (double.IsFinite(number))
                {
                    json.WriteNumberValue(number);
                }
                else
                {
                    json.WriteStringValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                }

                break;
            case MsgPackType.Extension when r.TryReadExtension(out sbyte type, out ReadOnlySpan<byte> data):
                json.WriteStartObject();
                json.WriteNumber("ext", type);
                json.WriteBase64String("data", data);
                json.WriteEndObject();
                break;
            default:
                _ = r.TrySkip();
                json.WriteNullValue();
                break;
        }
    }

    private static void Map(Utf8JsonWriter json, ref MsgPackReader r, int pairs, int depth)
    {
        json.WriteStartObject();
        for (int i = 0; i < pairs && r.Ok; i++)
        {
            string name;
            if (r.NextType == MsgPackType.String && r.TryReadString(out ReadOnlySpan<byte> text))
            {
                name = Encoding.UTF8.GetString(text);
            }
            else
            {
                _ = r.TryReadRaw(out ReadOnlySpan<byte> raw); // JSON has no other keys
                name = "0x" + Convert.ToHexStringLower(raw);
            }

            json.WritePropertyName(name);
            Value(json, ref r, name, depth + 1);
        }

        json.WriteEndObject();
    }

    private static void Integer(Utf8JsonWriter json, ref MsgPackReader r)
    {
        MsgPackReader look = r;
        if (look.TryReadInt64(out long signed))
        {
            json.WriteNumberValue(signed);
        }
        else
        {
            look = r;
            _ = look.TryReadUInt64(out ulong unsigned);
            json.WriteNumberValue(unsigned);
        }

        r = look;
    }

    private static void Binary(Utf8JsonWriter json, string key, ReadOnlySpan<byte> bytes)
    {
        if (BinaryText(key, bytes) is string text)
        {
            json.WriteStringValue(text);
            return;
        }

        json.WriteStartObject();
        json.WriteBase64String("bin", bytes);
        json.WriteEndObject();
    }
}
