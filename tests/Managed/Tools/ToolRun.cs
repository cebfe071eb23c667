// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Tools.Frame;

namespace Tests.Managed.Tools;

/// <summary>A tool run inside the test: exit code, standard output, standard error.</summary>
internal sealed class ToolRun
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public ExitCode Code { get; private init; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    /// <summary>Runs the tool that <paramref name="argv0"/> names.</summary>
    public static ToolRun Of(string argv0, params string[] args) => On(0, [], argv0, args);

    /// <summary>The same on a terminal of so many columns, 0 for none.</summary>
    public static ToolRun On(int columns, Dictionary<string, string> environment, string argv0, params string[] args)
    {
        ToolRun run = new();
        return new ToolRun(run, run.Host(columns, environment).Run(argv0, args));
    }

    /// <summary>The same for a tool that is not in the catalogue.</summary>
    public static ToolRun On(int columns, Dictionary<string, string> environment, ITool tool, params string[] args)
    {
        ToolRun run = new();
        return new ToolRun(run, run.Host(columns, environment).Run(tool, args));
    }

    private ToolHost Host(int columns, Dictionary<string, string> environment) => new(_out, _error)
    {
        IsTerminal = columns > 0,
        Columns = columns,
        Environment = name => environment.GetValueOrDefault(name),
    };

    /// <summary>A context for a command with these options, to test what it prints from given data.</summary>
    public static (ToolContext Context, ToolRun Run) Context(ITool tool, params string[] args)
    {
        ToolRun run = new();
        if (!new ArgumentParser(tool).TryParse(args, out ParsedArguments arguments, out string error))
        {
            throw new ArgumentException(error);
        }

        return (new ToolContext(tool, arguments, run._out, run._error), run);
    }

    private ToolRun()
    {
    }

    private ToolRun(ToolRun from, ExitCode code)
    {
        _out = from._out;
        _error = from._error;
        Code = code;
    }
}
