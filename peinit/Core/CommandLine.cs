// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Peinit.Core;

/// <summary>A command string split into words (PEINIT-111, PEINIT-112): what a hook or a reload command executes.</summary>
public sealed class CommandLine
{
    /// <summary>Wraps words that were split and checked.</summary>
    /// <param name="path">The first word, an absolute path.</param>
    /// <param name="arguments">The words after it.</param>
    public CommandLine(string path, string[] arguments)
    {
        Path = path;
        Arguments = arguments;
    }

    /// <summary>Absolute path of the binary; also argv[0].</summary>
    public string Path { get; }

    /// <summary>argv[1..].</summary>
    public string[] Arguments { get; }

    /// <summary>Splits at blanks; double quotes group and are removed. No shell, no escapes, no substitution.</summary>
    /// <param name="text">The command string.</param>
    /// <param name="command">The words.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CommandLine? command, out string error)
    {
        command = null;
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        bool open = false;
        foreach (char letter in text)
        {
            if (letter == '"')
            {
                quoted = !quoted;
                open = true;
            }
            else if (!quoted && char.IsWhiteSpace(letter))
            {
                Close(words, word, ref open);
            }
            else
            {
                word.Append(letter);
                open = true;
            }
        }

        Close(words, word, ref open);
        error = quoted ? "unclosed quote"
            : words.Count == 0 ? "empty command"
            : !words[0].StartsWith('/') ? "the command must be an absolute path"
            : "";
        if (error.Length > 0)
        {
            return false;
        }

        command = new CommandLine(words[0], [.. words[1..]]);
        return true;
    }

    private static void Close(List<string> words, StringBuilder word, ref bool open)
    {
        if (open)
        {
            words.Add(word.ToString());
            word.Clear();
            open = false;
        }
    }
}
