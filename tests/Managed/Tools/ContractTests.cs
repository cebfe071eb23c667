// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text.Json;
using Peios.Tests;
using Tools.Frame;
using Xunit;

namespace Tests.Managed.Tools;

/// <summary>
/// What every command of every tool owes, taken from the tools' own tables, so that a new command is held to it too.
/// Nothing answers here: no kernel module, no daemon. What the commands say of a running system is tested in the guest.
/// </summary>
public sealed class ContractTests
{
    private const string Nowhere = "/nonexistent/socket";
    private const int Width = 80;

    public static TheoryData<string, string> Commands()
    {
        TheoryData<string, string> commands = [];
        foreach (ITool tool in ToolCatalogue.All)
        {
            foreach (ToolCommand command in tool.Commands)
            {
                commands.Add(tool.Name, command.Name);
            }
        }

        return commands;
    }

    [Theory, Rule("CLI-003", "CLI-012")]
    [MemberData(nameof(Commands))]
    public void Help_OfACommand_NamesItAndItsOptions(string tool, string name)
    {
        ToolRun run = ToolRun.Of(tool, [.. Words(name), "--help"]);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        ToolCommand command = Find(tool, name);
        Assert.Contains($"  {tool} {HelpWriter.Synopsis(command)}".TrimEnd(), run.Out, StringComparison.Ordinal);
        foreach (ToolOption option in command.Options)
        {
            Assert.Contains(option.Name, run.Out, StringComparison.Ordinal);
        }

        AssertNarrow(run.Out);
    }

    [Theory, Rule("CLI-002", "CLI-005", "CLI-007")]
    [MemberData(nameof(Commands))]
    public void Command_WithoutASystem_FailsWithACodeAndValidJson(string tool, string name)
    {
        ToolRun run = ToolRun.Of(tool, [.. Arguments(tool, name), "--json"]);
        Assert.True(Enum.IsDefined(run.Code), $"{run.Code}");
        foreach (string line in run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
        }

        if (run.Code is ExitCode.Success or ExitCode.Failed && run.Error.Length == 0)
        {
            return;
        }

        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith($"{tool}: ", lines[0], StringComparison.Ordinal);
        using JsonDocument error = JsonDocument.Parse(Array.Find(lines, static line => line.StartsWith('{')) ?? "no JSON");
        Assert.NotEmpty(error.RootElement.GetProperty("error").GetProperty("code").GetString()!);
        Assert.NotEmpty(error.RootElement.GetProperty("error").GetProperty("message").GetString()!);
    }

    [Theory, Rule("CLI-002", "CLI-006")]
    [MemberData(nameof(Commands))]
    public void Command_WithoutASystem_IsUnreachableOrSaysWhatIsWrong(string tool, string name)
    {
        ToolRun run = ToolRun.Of(tool, [.. Arguments(tool, name)]);
        Assert.NotEqual(ExitCode.Usage, run.Code);
        Assert.True(run.Code is ExitCode.Success or ExitCode.Unreachable or ExitCode.InvalidInput, $"{run.Code}: {run.Error}");
        AssertNarrow(run.Out);
    }

    [Theory, Rule("CLI-002")]
    [MemberData(nameof(Commands))]
    public void Command_WithAnUnknownOption_IsAUsageError(string tool, string name)
    {
        ToolRun run = ToolRun.Of(tool, [.. Words(name), "--no-such-option"]);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Out));
        AssertNarrow(run.Error);
    }

    [Fact, Rule("CLI-002")]
    public void ExitCodes_AreThoseOfTheSheet()
    {
        Dictionary<ExitCode, int> sheet = new()
        {
            [ExitCode.Success] = 0, [ExitCode.Failed] = 1, [ExitCode.NotFound] = 2, [ExitCode.Denied] = 3, [ExitCode.InvalidInput] = 4,
            [ExitCode.Unreachable] = 5, [ExitCode.Conflict] = 6, [ExitCode.Usage] = 64,
        };
        Assert.Equal(sheet.Count, Enum.GetValues<ExitCode>().Length);
        Assert.All(sheet, static entry => Assert.Equal(entry.Value, (int)entry.Key));
    }

    private static void AssertNarrow(string text) => Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= Width, line));

    private static string[] Words(string name) => name.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ToolCommand Find(string tool, string name)
    {
        foreach (ToolCommand command in ToolCatalogue.Find(tool)!.Commands)
        {
            if (command.Name == name)
            {
                return command;
            }
        }

        throw new ArgumentException(name);
    }

    /// <summary>As many operands as the command needs; a socket where nobody listens, if it has one.</summary>
    private static List<string> Arguments(string tool, string name)
    {
        ToolCommand command = Find(tool, name);
        List<string> args = [.. Words(name)];
        if (tool is "svctl" or "reboot" or "poweroff" or "halt" or "shutdown" or "evctl")
        {
            args.AddRange(["--socket", Nowhere]);
        }

        (string, string[])[] operands =
        [
            ("evctl ", ["EVENTS"]), ("idn check", ["--level", "High"]), ("idn adjust privs", ["SeAudit=enabled"]), ("idn adjust groups", ["0=on"]), ("idn compare", ["self", "self"]),
            ("idn sessions show", ["1"]), ("idn sessions end", ["1"]), ("sd inherit", ["on", "reg:Machine"]), ("sd set", ["reg:Machine", "O:SY"]),
            ("shutdown ", ["now"]), ("svctl shutdown", ["poweroff"]), ("regctl mask", ["K", "V", "--layer", "l"]), ("regctl unmask", ["K", "V", "--layer", "l"]),
            ("regctl hide", ["K", "--layer", "l"]), ("regctl unhide", ["K", "--layer", "l"]),
        ];
        string[] fixedOperands = Array.Find(operands, entry => entry.Item1 == $"{tool} {name}").Item2 ?? [];
        args.AddRange(fixedOperands);
        for (int i = 0; i < command.MinOperands && fixedOperands.Length == 0; i++)
        {
            args.Add(i == 0 && tool == "sd" ? "reg:Machine" : "EVENTS");
        }

        return args;
    }
}
