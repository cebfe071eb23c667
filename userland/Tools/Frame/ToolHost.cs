// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;

namespace Tools.Frame;

/// <summary>Runs a tool: finds it, parses its command line, answers the common options, keeps exceptions inside.</summary>
internal sealed class ToolHost(TextWriter output, TextWriter error)
{
    /// <summary>Version of all tools: that of the system they ship with.</summary>
    public const string Version = "0.1.0";

    /// <summary>Standard output for formats that are not text.</summary>
    public Stream Binary { get; init; } = Stream.Null;

    /// <summary>Is standard output a terminal (decides colour and shortening)?</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Columns of that terminal.</summary>
    public int Columns { get; init; } = 80;

    /// <summary>Standard input.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Is standard input a terminal (can somebody be asked)?</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = static _ => null;

    /// <summary>
    /// Runs what <paramref name="argv0"/> names, or else what the first argument names: <c>peios-tools svctl list</c>.
    /// </summary>
    public ExitCode Run(string argv0, IReadOnlyList<string> args)
    {
        ITool? tool = ToolCatalogue.Find(Path.GetFileName(argv0));
        int skip = 0;
        if (tool is null)
        {
            if (args.Count == 0 || args[0] is "-h" or "--help")
            {
                WriteTools(args.Count == 0 ? error : output);
                return args.Count == 0 ? ExitCode.Usage : ExitCode.Success;
            }
            tool = ToolCatalogue.Find(args[0]);
            skip = 1;
        }
        if (tool is null)
        {
            error.WriteLine($"peios-tools: no tool is called {Table.Printable(args[0])}");
            return ExitCode.Usage;
        }
        List<string> rest = [];
        for (int i = skip; i < args.Count; i++)
        {
            rest.Add(args[i]);
        }
        return Run(tool, rest);
    }

    /// <summary>Runs one tool with its own arguments.</summary>
    public ExitCode Run(ITool tool, IReadOnlyList<string> args)
    {
        bool parsed = new ArgumentParser(tool).TryParse(args, out ParsedArguments arguments, out string message);
        if (parsed && CommonAnswer(tool, arguments) is ExitCode answered)
        {
            return answered;
        }
        string when = arguments.Value(CommonOptions.Color) ?? "auto";
        ToolContext context = new(tool, arguments, output, error)
        {
            Binary = Binary,
            UseColour = !arguments.Has(CommonOptions.Json) && WantsColour(when),
            OnTerminal = IsTerminal,
            TerminalWidth = IsTerminal ? Columns : 0,
            Input = Input,
            InputIsTerminal = InputIsTerminal,
        };
        if (parsed && when is not ("auto" or "always" or "never"))
        {
            parsed = false;
            message = "--color takes auto, always or never";
        }
        if (!parsed)
        {
            context.Fail(ExitCode.Usage, message, "USAGE");
            error.WriteLine($"Try '{tool.Name} --help'.");
            return ExitCode.Usage;
        }
        return arguments.Command!.Run(context);
    }

    private ExitCode? CommonAnswer(ITool tool, ParsedArguments arguments)
    {
        if (arguments.Has(CommonOptions.Help))
        {
            HelpWriter.Write(output, tool, arguments.Command);
            return ExitCode.Success;
        }
        if (arguments.Has(CommonOptions.Version))
        {
            output.WriteLine($"{tool.Name} {Version}");
            return ExitCode.Success;
        }
        if (arguments.Value(CommonOptions.Completion) is string shell)
        {
            if (HelpWriter.WriteCompletion(output, tool, shell))
            {
                return ExitCode.Success;
            }
            error.WriteLine($"{tool.Name}: --completion takes bash, zsh or fish");
            return ExitCode.Usage;
        }
        return null;
    }

    /// <summary>CLI-004: `always` beats NO_COLOR, an empty NO_COLOR counts as unset.</summary>
    private bool WantsColour(string when) =>
        when == "always" ||
        (when == "auto" && IsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") != "dumb");

    private static void WriteTools(TextWriter writer)
    {
        writer.WriteLine("usage: peios-tools TOOL [ARGUMENT…], or through a link named as the tool");
        foreach (ITool tool in ToolCatalogue.All)
        {
            writer.WriteLine($"  {tool.Name,-14}{tool.Summary}");
        }
    }
}
