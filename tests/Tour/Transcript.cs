// SPDX-License-Identifier: MIT
using System;
using Tests.Vm;
using Tests.Vm.Harness;

namespace Tour;

/// <summary>Prints the tour: numbered steps, the reason for each, commands with their output; stops at what does not hold.</summary>
internal sealed class Transcript
{
    private const int ShownLines = 40;
    private readonly Guest _guest;
    private int _step;

    /// <summary>Tells about <paramref name="guest"/>.</summary>
    public Transcript(Guest guest) => _guest = guest;

    /// <summary>Opens a step.</summary>
    public void Step(string title, string why)
    {
        Console.WriteLine();
        Console.WriteLine($"== {++_step}. {title}");
        Console.WriteLine($"   {why}");
    }

    /// <summary>Runs a line of shell as SYSTEM in the guest and shows it with its output.</summary>
    public string Show(string line) => ShowCommand(line, GuestCommand.Shell(line)).Succeeded().Output;

    /// <summary>Same under the token of a service of <paramref name="identity"/>; any exit status is accepted.</summary>
    public CommandResult ShowAs(string identity, string service, string line)
    {
        Console.WriteLine($"   (as {identity}, service {service})");
        return ShowCommand(line, GuestCommand.Shell(line) with { Identity = identity, Service = service });
    }

    /// <summary>Shows text that did not come from a command.</summary>
    public static void Print(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < Math.Min(lines.Length, ShownLines); i++)
        {
            Console.WriteLine($"   | {lines[i].TrimEnd()}");
        }

        if (lines.Length > ShownLines)
        {
            Console.WriteLine($"   | ... {lines.Length - ShownLines} more lines");
        }
    }

    /// <summary>Remarks on what was shown.</summary>
    public static void Note(string text) => Console.WriteLine($"   -> {text}");

    /// <summary>Ends the tour unless the condition holds.</summary>
    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new GuestFailure($"step {_step} does not hold: {what}\nConsole ({_guest.Console.Path}):\n{_guest.Console.Tail(30)}");
        }

        Note(what);
    }

    private CommandResult ShowCommand(string line, GuestCommand command)
    {
        Console.WriteLine($"   # {line}");
        CommandResult result = _guest.Execute(command);
        Print(result.Output + result.Errors);
        return result;
    }
}
