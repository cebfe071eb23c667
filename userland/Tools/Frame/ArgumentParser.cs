// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Tools.Frame;

/// <summary>Turns a command line into <see cref="ParsedArguments"/>; the tool's table is all it knows.</summary>
internal sealed class ArgumentParser(ITool tool)
{
    private readonly ParsedArguments _result = new();
    private readonly List<string> _words = [];
    private string? _error;

    /// <summary>Parses; on failure <paramref name="error"/> says what is wrong with the command line.</summary>
    public bool TryParse(IReadOnlyList<string> args, out ParsedArguments result, out string error)
    {
        result = _result;
        Scan(args);
        if (_error is null && !AnswersAlone())
        {
            Finish();
        }
        error = _error ?? "";
        return _error is null;
    }

    private bool AnswersAlone() =>
        _result.Has(CommonOptions.Help) || _result.Has(CommonOptions.Version) || _result.Has(CommonOptions.Completion);

    private void Scan(IReadOnlyList<string> args)
    {
        bool optionsEnded = false;
        for (int i = 0; i < args.Count && _error is null; i++)
        {
            string arg = args[i];
            if (optionsEnded || arg.Length < 2 || arg[0] != '-')
            {
                AddWord(arg, ref optionsEnded);
            }
            else if (arg == "--")
            {
                optionsEnded = true;
            }
            else
            {
                i += TakeOption(arg, i + 1 < args.Count ? args[i + 1] : null);
            }
        }
    }

    private void AddWord(string word, ref bool optionsEnded)
    {
        _words.Add(word);
        ToolCommand? command = MatchCommand(out int used);
        _result.Command = command;
        if (command is { OptionsEndAtOperand: true } && _words.Count > used)
        {
            optionsEnded = true;
        }
    }

    /// <returns>How many following arguments it consumed.</returns>
    private int TakeOption(string arg, string? next)
    {
        string name = arg;
        string? value = null;
        int equals = arg.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && arg.StartsWith("--", StringComparison.Ordinal))
        {
            name = arg[..equals];
            value = arg[(equals + 1)..];
        }
        ToolOption? option = FindOption(name);
        if (option is null)
        {
            _error = $"unknown option {name}";
            return 0;
        }
        int consumed = 0;
        if (option.Value is null)
        {
            if (value is not null)
            {
                _error = $"option {name} takes no value";
            }
        }
        else if (value is null)
        {
            value = next;
            consumed = 1;
            if (value is null)
            {
                _error = $"option {name} needs a value ({option.Value})";
            }
        }
        if (_error is null && !_result.Add(option, value ?? ""))
        {
            _error = $"option {name} is given twice";
        }
        return consumed;
    }

    private ToolOption? FindOption(string name)
    {
        // A tool's own come first: `shutdown -h now` is no question.
        ToolOption? found = Find(tool.Options, name) ?? Find(CommonOptions.All, name);
        // Options may come before the command's words, so every command's table is searched; Finish checks.
        foreach (ToolCommand command in tool.Commands)
        {
            found ??= _result.Command is null || command == _result.Command ? Find(command.Options, name) : null;
        }
        return found;
    }

    private static ToolOption? Find(IReadOnlyList<ToolOption> options, string name)
    {
        foreach (ToolOption option in options)
        {
            if (option.Name == name || option.Short == name)
            {
                return option;
            }
        }
        return null;
    }

    private ToolCommand? MatchCommand(out int used)
    {
        ToolCommand? best = null;
        used = 0;
        foreach (ToolCommand command in tool.Commands)
        {
            int words = Match(command.Name);
            if (words > used || (words == 0 && best is null))
            {
                best = command;
                used = words;
            }
        }
        return best;
    }

    /// <returns>Words the name takes; -1 when it is another command.</returns>
    private int Match(string name)
    {
        if (name.Length == 0)
        {
            return 0;
        }
        string[] parts = name.Split(' ');
        for (int i = 0; i < parts.Length; i++)
        {
            if (i >= _words.Count || _words[i] != parts[i])
            {
                return -1;
            }
        }
        return parts.Length;
    }

    /// <summary>The commands of two words that begin with the first word given: <c>sessions list, sessions show</c>.</summary>
    private string Members()
    {
        List<string> names = [];
        foreach (ToolCommand command in tool.Commands)
        {
            if (_words.Count > 0 && command.Name.StartsWith(_words[0] + " ", StringComparison.Ordinal))
            {
                names.Add(command.Name);
            }
        }
        return string.Join(", ", names);
    }

    private void Finish()
    {
        ToolCommand? command = MatchCommand(out int used);
        _result.Command = command;
        if (used == 0 && Members() is { Length: > 0 } members)
        {
            _error = $"{_words[0]} is one of: {members}";
            return;
        }
        if (command is null)
        {
            _error = _words.Count == 0 ? "a command is needed" : $"unknown command {_words[0]}";
            return;
        }
        _result.Operands.AddRange(_words.GetRange(used, _words.Count - used));
        foreach (ToolCommand other in tool.Commands)
        {
            foreach (ToolOption option in other.Options)
            {
                if (other != command && _result.Has(option.Name) && Find(command.Options, option.Name) is null && Find(tool.Options, option.Name) is null)
                {
                    _error = $"option {option.Name} does not belong to {tool.Name} {command.Name}".TrimEnd();
                    return;
                }
            }
        }
        if (_result.Operands.Count < command.MinOperands)
        {
            _error = $"missing operand: {tool.Name} {HelpWriter.Synopsis(command)}";
        }
        else if (_result.Operands.Count > command.MaxOperands)
        {
            _error = $"unexpected operand {_result.Operands[command.MaxOperands]}";
        }
    }
}
