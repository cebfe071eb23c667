// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Tools.Frame;

/// <summary>Help and completion scripts, generated from the tool's table (CLI-012).</summary>
internal static class HelpWriter
{
    private const int Width = 80;

    /// <summary>Name and operands of a command.</summary>
    public static string Synopsis(ToolCommand command) => $"{command.Name} {command.Operands}".Trim();

    /// <summary>Writes the help text, at most 80 columns: of one command, or of all.</summary>
    public static void Write(TextWriter output, ITool tool, ToolCommand? only)
    {
        output.WriteLine($"{tool.Name}: {tool.Summary}");
        output.WriteLine();
        foreach (ToolCommand command in tool.Commands)
        {
            if (only is { Name.Length: > 0 } && command != only)
            {
                continue;
            }
            string synopsis = command.Name.Length == 0 && command.Operands.Length == 0 ? "" : " " + Synopsis(command);
            Entry(output, $"  {tool.Name}{synopsis}", command.Summary, 34);
            foreach (ToolOption option in command.Options)
            {
                Entry(output, "      " + Form(option), option.Summary, 34);
            }
        }
        output.WriteLine();
        output.WriteLine("Options:");
        foreach (ToolOption option in tool.Options)
        {
            Entry(output, "  " + Form(option), option.Summary, 24);
        }
        foreach (ToolOption option in CommonOptions.All)
        {
            bool taken = Array.Exists([.. tool.Options], own => own.Name == option.Short);
            Entry(output, "  " + Form(taken ? option with { Short = null } : option), option.Summary, 24);
        }
    }

    /// <summary>Writes a completion script; false if the shell is unknown.</summary>
    public static bool WriteCompletion(TextWriter output, ITool tool, string shell)
    {
        string words = string.Join(' ', Words(tool));
        switch (shell)
        {
            case "bash":
                output.WriteLine($"complete -W '{words}' -o default {tool.Name}");
                return true;
            case "zsh":
                output.WriteLine($"compctl -k '({words})' + -f {tool.Name}");
                return true;
            case "fish":
                output.WriteLine($"complete -c {tool.Name} -a '{words}'");
                return true;
            default:
                return false;
        }
    }

    private static List<string> Words(ITool tool)
    {
        List<string> words = [];
        foreach (ToolCommand command in tool.Commands)
        {
            foreach (string part in command.Name.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                AddOnce(words, part);
            }
            AddNames(words, command.Options);
        }
        AddNames(words, tool.Options);
        AddNames(words, CommonOptions.All);
        return words;
    }

    private static void AddNames(List<string> words, IReadOnlyList<ToolOption> options)
    {
        foreach (ToolOption option in options)
        {
            AddOnce(words, option.Name);
        }
    }

    private static void AddOnce(List<string> words, string word)
    {
        if (!words.Contains(word))
        {
            words.Add(word);
        }
    }

    private static string Form(ToolOption option)
    {
        string name = option.Short is null ? option.Name : $"{option.Short}, {option.Name}";
        return option.Value is null ? name : $"{name} {option.Value}";
    }

    private static void Entry(TextWriter output, string head, string text, int column)
    {
        if (head.Length + 2 > column)
        {
            output.WriteLine(head);
            head = "";
        }
        string line = head.PadRight(column);
        foreach (string word in text.Split(' '))
        {
            if (line.Length + word.Length > Width)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', column);
            }
            line += word + " ";
        }
        output.WriteLine(line.TrimEnd());
    }
}
