// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Peios.Toml;

/// <summary>Reads TOML 1.0.0 documents.</summary>
public static class TomlDocument
{
    /// <summary>Largest accepted document, bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Parses a document of UTF-8 bytes; nothing is returned for a document with any error.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TomlTable? root, out TomlError error)
    {
        root = null;
        if (utf8.Length > MaxBytes)
        {
            error = new(0, 0, "document is larger than 16 MiB");
            return false;
        }

        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        string text;
        try
        {
            text = Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            error = new(0, 0, "document is not valid UTF-8");
            return false;
        }

        TomlParser parser = new(text);
        return parser.TryRun(out root, out error);
    }
}
