// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;
using Peios.Ipc;
using Peios.Security;

namespace Lpsd.Commands;

/// <summary>A <c>claim-set</c> request as a claim entry (LPS-033, LPS-048).</summary>
internal static class ClaimRequest
{
    private const uint KnownFlags = 0x37;
    private const int LongestEntry = 4096;

    /// <summary>The entry; null, and a message, if a field is missing or has another form.</summary>
    public static byte[]? Read(JsonObject request, out string name, out string problem)
    {
        problem = "";
        ClaimType type = default;
        ulong flags = 0;
        if (!request.TryGetString("claim", out name) || !request.TryGetString("type", out string typeName) || !TryType(typeName, out type))
        {
            problem = "claim is a name, type is int64, uint64, boolean, string, sid or octet";
            return null;
        }

        if (request.Has("flags") && (!request.TryGetUInt64("flags", out flags) || (flags & ~(ulong)KnownFlags) != 0))
        {
            problem = "flags holds an unknown bit";
            return null;
        }

        ClaimBuilder claim = new(name, type, (uint)flags);
        if (!request.Has("values") || !TryValues(request.Raw("values"), claim, type))
        {
            problem = "values is an array of values of that type";
            return null;
        }

        if (Array.Exists(name.ToCharArray(), char.IsControl) || !claim.TryBuild(out byte[] entry) || entry.Length > LongestEntry)
        {
            problem = "the claim's name or values are too long";
            return null;
        }

        return entry;
    }

    private static bool TryType(string text, out ClaimType type)
    {
        type = text switch
        {
            "int64" => ClaimType.Int64,
            "uint64" => ClaimType.UInt64,
            "boolean" => ClaimType.Boolean,
            "string" => ClaimType.String,
            "sid" => ClaimType.Sid,
            "octet" => ClaimType.Octet,
            _ => 0,
        };
        return type != 0;
    }

    private static bool TryValues(ReadOnlySpan<byte> array, ClaimBuilder claim, ClaimType type)
    {
        Utf8JsonReader reader = new(array);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (claim.Count == ClaimEntry.MaxValues || !TryValue(ref reader, claim, type))
            {
                return false;
            }
        }

        return claim.Count > 0;
    }

    private static bool TryValue(ref Utf8JsonReader reader, ClaimBuilder claim, ClaimType type)
    {
        switch (type)
        {
            case ClaimType.Int64 when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number):
                claim.AddNumber((ulong)number);
                return true;
            case ClaimType.UInt64 when reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong number):
                claim.AddNumber(number);
                return true;
            case ClaimType.Boolean when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                claim.AddNumber(reader.TokenType == JsonTokenType.True ? 1u : 0u);
                return true;
            case ClaimType.String when reader.TokenType == JsonTokenType.String && reader.GetString() is string text && !text.Contains('\0', StringComparison.Ordinal):
                claim.AddString(text);
                return true;
            case ClaimType.Sid when reader.TokenType == JsonTokenType.String && Sid.TryParse(reader.GetString(), out Sid sid):
                claim.AddSid(sid);
                return true;
            case ClaimType.Octet when reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out byte[]? bytes):
                claim.AddOctets(bytes);
                return true;
            default:
                return false;
        }
    }
}
