// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary><c>shutdown</c> as hands know it: now, and nothing but now (CLI-017).</summary>
internal sealed class ShutdownTool : ITool
{
    private static readonly (string Option, string Type)[] s_kinds =
        [("-h", "poweroff"), ("--poweroff", "poweroff"), ("--reboot", "reboot"), ("--halt", "halt")];

    /// <inheritdoc/>
    public string Name => "shutdown";

    /// <inheritdoc/>
    public string Summary => "stop all services and end the machine";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } =
    [
        new(SvctlTool.Socket, "peinit's control socket", Value: "PATH"),
        new("-h", "power off, as hands know it"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new(string.Empty, "now", 1, 1, "end the machine now; it powers off unless told otherwise", Run)
        {
            Options =
            [
                new("--poweroff", "power off", Short: "-P"),
                new("--reboot", "restart the machine", Short: "-r"),
                new("--halt", "stop the CPU and leave the power on", Short: "-H"),
            ],
        },
    ];

    private static ExitCode Run(ToolContext context)
    {
        if (context.Operands[0] != "now")
        {
            return context.Fail(ExitCode.Usage, "only 'now' is supported");
        }

        string type = "poweroff";
        int given = 0;
        foreach ((string option, string kind) in s_kinds)
        {
            if (context.Arguments.Has(option))
            {
                type = kind;
                given++;
            }
        }

        return given > 1
            ? context.Fail(ExitCode.Usage, "-h, -P, -r and -H exclude each other")
            : ShutdownCommand.Send(context, type);
    }
}
