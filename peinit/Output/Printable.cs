// SPDX-License-Identifier: MIT
namespace Peinit.Output;

/// <summary>
/// Text of others in lines of ours: definitions, messages of services, errors. A newline or an escape sequence in it would
/// be a line, or a screen, that peinit never wrote.
/// </summary>
internal static class Printable
{
    /// <summary>The text with U+FFFD for each control character; itself when there is none.</summary>
    internal static string Of(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (int i = 0; i < span.Length; i++)
                    {
                        span[i] = char.IsControl(source[i]) ? '\uFFFD' : source[i];
                    }
                });
            }
        }

        return text;
    }
}
