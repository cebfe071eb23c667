// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Peios.Tests;
using Tools.Frame;
using Xunit;

namespace Tests.Managed.Tools;

public class FrameTests
{
    private static readonly ITool s_tool = new SampleTool();

    public static TheoryData<string> ToolNames()
    {
        TheoryData<string> names = [];
        foreach (ITool tool in ToolCatalogue.All)
        {
            names.Add(tool.Name);
        }

        return names;
    }

    [Theory, Rule("CLI-003", "CLI-012")]
    [MemberData(nameof(ToolNames))]
    public void Tool_Help_NamesEveryCommandAndOptionWithinEightyColumns(string name)
    {
        ToolRun run = ToolRun.Of($"/usr/bin/{name}", "--help");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.All(run.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
        ITool tool = ToolCatalogue.Find(name)!;
        string completion = ToolRun.Of(name, "--completion", "bash").Out;
        foreach (ToolCommand command in tool.Commands)
        {
            Assert.Contains($"  {name} {command.Name}".TrimEnd(), run.Out, StringComparison.Ordinal);
            foreach (ToolOption option in (List<ToolOption>)[.. command.Options, .. tool.Options, .. CommonOptions.All])
            {
                Assert.Contains(option.Name, run.Out, StringComparison.Ordinal);
                Assert.Contains(option.Name, completion, StringComparison.Ordinal);
            }
        }
    }

    [Theory, Rule("CLI-003")]
    [MemberData(nameof(ToolNames))]
    public void Tool_Version_IsItsNameAndNumber(string name) =>
        Assert.Equal($"{name} {ToolHost.Version}\n", ToolRun.Of("peios-tools", name, "--version").Out);

    [Theory, Rule("CLI-002", "CLI-003")]
    [InlineData("unknown option --nope", "list", "--nope")]
    [InlineData("unknown option --lo", "list", "--lo")]
    [InlineData("unknown option -z", "list", "-z")]
    [InlineData("needs a value", "list", "--only")]
    [InlineData("takes no value", "list", "--long=yes")]
    [InlineData("given twice", "list", "--only", "a", "--only", "b")]
    [InlineData("does not belong to", "--long", "two", "words", "x")]
    [InlineData("unknown option --long", "two", "words", "x", "--long")]
    [InlineData("unknown command frob", "frob")]
    [InlineData("two is one of: two words", "two")]
    [InlineData("a command is needed")]
    [InlineData("missing operand", "put", "a")]
    [InlineData("unexpected operand c", "put", "a", "b", "c")]
    [InlineData("--color takes", "list", "--color", "sometimes")]
    public void CommandLine_ThatIsWrong_IsAUsageError(string message, params string[] args)
    {
        ToolRun run = Sample(args);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory, Rule("CLI-003")]
    [InlineData("list:;", "list")]
    [InlineData("list:;long", "list", "-l")]
    [InlineData("list:;long", "-l", "list")]
    [InlineData("list:;only=x", "list", "--only=x")]
    [InlineData("list:;only=--long", "list", "--only", "--long")]
    [InlineData("put:a,b;", "put", "a", "b")]
    [InlineData("put:-l,--;", "put", "--", "-l", "--")]
    [InlineData("put:-,b;", "put", "-", "b")]
    [InlineData("two words:x;", "two", "words", "x")]
    [InlineData("run:cmd,--long,-l;", "run", "cmd", "--long", "-l")]
    [InlineData("run:cmd;env=A=1|B=2", "run", "--env", "A=1", "--env", "B=2", "cmd")]
    public void CommandLine_ThatIsRight_ReachesItsCommand(string expected, params string[] args)
    {
        ToolRun run = Sample(args);
        Assert.Equal((ExitCode.Success, expected + "\n"), (run.Code, run.Out));
    }

    [Theory, Rule("CLI-004")]
    [InlineData(80, "", "xterm", "auto", true)]
    [InlineData(80, "1", "xterm", "auto", false)]
    [InlineData(80, "", "dumb", "auto", false)]
    [InlineData(0, "", "xterm", "auto", false)]
    [InlineData(0, "1", "dumb", "always", true)]
    [InlineData(80, "", "xterm", "never", false)]
    public void Colour_IsUsedWhereItIsWanted(int columns, string noColor, string term, string when, bool expected)
    {
        ToolRun run = Sample(columns, new() { ["NO_COLOR"] = noColor, ["TERM"] = term }, "table", "--color", when);
        Assert.Equal(expected, run.Out.Contains('\e', StringComparison.Ordinal));
        Assert.DoesNotContain('\e', Sample(columns, [], "fail", "--json", "--color", when).Error);
    }

    [Fact, Rule("CLI-007")]
    public void Failure_IsOneLineAndWithJsonAnObjectToo()
    {
        ToolRun plain = Sample("fail");
        Assert.Equal((ExitCode.Denied, "", "sample: key x: access denied (EACCES)\n"), (plain.Code, plain.Out, plain.Error));
        string[] lines = Sample("fail", "--json").Error.Split('\n');
        using JsonDocument json = JsonDocument.Parse(lines[1]);
        Assert.Equal("EACCES", json.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory, Rule("CLI-006")]
    [InlineData(0, "NAME                  COUNT\na-very-long-name-abc     12\n-                         3\n")]
    [InlineData(20, "NAME           COUNT\na-very-long-…     12\n-                  3\n")]
    public void Table_IsCutOnlyOnATerminal(int columns, string expected) => Assert.Equal(expected, Sample(columns, [], "table", "--color", "never").Out);

    [Fact, Rule("CLI-006")]
    public void Table_OnATerminalTooNarrowForColumns_IsALinePerValue() =>
        Assert.Equal("NAME   a-very-long-name-abc\nCOUNT  12\n\nNAME   -\nCOUNT  3\n", Sample(12, [], "table", "--color", "never").Out);

    [Theory]
    [InlineData(0, "1  from=starting to=active cause=explicit_start\n")]
    [InlineData(30, "1  from=starting to=active\n   cause=explicit_start\n")]
    [InlineData(27, "1  from=starting to=active\n   cause=explicit_start\n")]
    public void Table_WithALastColumnOfProse_BreaksItAtBlanksAndLosesNothing(int columns, string expected)
    {
        Table table = new("#N", "TEXT") { WrapLast = true };
        table.Add("1", "from=starting to=active cause=explicit_start");
        Assert.Equal(expected, Printed(table, columns));
    }

    [Fact]
    public void Table_WithALastColumnOfProse_BreaksAWordThatIsLongerThanALine()
    {
        Table table = new("#N", "TEXT") { WrapLast = true };
        table.Add("1", new string('x', 30) + " end");
        Assert.Equal($"1  {new string('x', 24)}\n   xxxxxx end\n", Printed(table, 27));
    }

    [Theory, Rule("CLI-010")]
    [InlineData(true, "y\n", 0)]
    [InlineData(true, "yes\n", 0)]
    [InlineData(true, "n\n", 1)]
    [InlineData(true, "\n", 1)]
    [InlineData(true, "", 1)]
    [InlineData(false, "y\n", 64)]
    [InlineData(false, "", 0, "--yes")]
    public void Deletion_AsksOnATerminal_AndNeedsYesElsewhere(bool terminal, string typed, int code, params string[] options)
    {
        ToolHost host = new(new StringWriter(), new StringWriter()) { InputIsTerminal = terminal, Input = new StringReader(typed) };
        Assert.Equal((ExitCode)code, host.Run(s_tool, ["wipe", .. options]));
    }

    [Fact, Rule("CLI-006")]
    public void Table_WithoutHeader_HasRowsOnly() =>
        Assert.Equal("a-very-long-name-abc  12\n-                      3\n", Sample("table", "--no-header").Out);

    [Fact]
    public void Text_FromElsewhere_CannotDriveTheTerminal()
    {
        Table table = new("A");
        table.Add("x\e[2Jy\nz\u009b");
        Assert.Equal("x?[2Jy?z?\n", Printed(table, 0));
    }

    [Theory]
    [InlineData("peios-tools")]
    [InlineData("peios-tools", "nope")]
    public void Binary_WithoutATool_IsAUsageError(string argv0, params string[] args) =>
        Assert.Equal(ExitCode.Usage, ToolRun.Of(argv0, args).Code);

    private static string Printed(Table table, int columns)
    {
        StringWriter output = new() { NewLine = "\n" };
        table.Print(output, header: false, colour: false, columns);
        return output.ToString();
    }

    private static ToolRun Sample(params string[] args) => Sample(0, [], args);

    private static ToolRun Sample(int columns, Dictionary<string, string> environment, params string[] args) =>
        ToolRun.On(columns, environment, s_tool, args);

    private sealed class SampleTool : ITool
    {
        private static readonly ToolOption s_long = new("--long", "more", Short: "-l");

        public string Name => "sample";

        public string Summary => "for tests";

        public IReadOnlyList<ToolOption> Options { get; } = [];

        public IReadOnlyList<ToolCommand> Commands { get; } =
        [
            new("list", "", 0, 0, "lists", Echo) { Options = [s_long, new("--only", "one", Value: "X")] },
            new("put", "A B", 2, 2, "puts", Echo),
            new("two words", "X", 1, 1, "does", Echo),
            new("run", "CMD [ARG…]", 1, ToolCommand.Unlimited, "runs", Echo)
            {
                OptionsEndAtOperand = true,
                Options = [new("--env", "variable", Value: "K=V", Repeatable: true)],
            },
            new("fail", "", 0, 0, "fails", static context => context.Fail(ExitCode.Denied, "key x: access denied (EACCES)", "EACCES")),
            new("table", "", 0, 0, "shows", ShowTable),
            new("wipe", "", 0, 0, "wipes", static context => context.Confirm("wipe?") ?? ExitCode.Success) { Options = [new("--yes", "do not ask")] },
        ];

        private static ExitCode Echo(ToolContext context)
        {
            string options = context.Arguments.Has("--long") ? "long" : "";
            options += context.Arguments.Value("--only") is string only ? "only=" + only : "";
            options += context.Arguments.Has("--env") ? "env=" + string.Join('|', context.Arguments.Values("--env")) : "";
            context.Out.WriteLine($"{context.Arguments.Command!.Name}:{string.Join(',', context.Operands)};{options}");
            return ExitCode.Success;
        }

        private static ExitCode ShowTable(ToolContext context)
        {
            Table table = new("NAME", "#COUNT");
            table.Add("a-very-long-name-abc", "12");
            table.Add(null, "3");
            context.Write(table);
            return ExitCode.Success;
        }
    }
}
