// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Svctl;

/// <summary>The <c>svctl</c> tool: services, operations and the end of the machine (CLI-014).</summary>
internal sealed class SvctlTool : ITool
{
    internal const string Socket = "--socket";
    internal const string Wait = "--wait";
    internal const string NoWait = "--no-wait";
    internal const string Timeout = "--timeout";
    internal const string Long = "--long";

    private static readonly ToolOption[] s_waiting =
    [
        new(Wait, "wait until the goal is reached or missed"),
        new(NoWait, "return once the request is accepted"),
        new(Timeout, "give up waiting after SEC seconds; the operation goes on", Value: "SEC"),
    ];

    /// <inheritdoc/>
    public string Name => "svctl";

    /// <inheritdoc/>
    public string Summary => "control services and shut the system down";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } = [new(Socket, "peinit's control socket", Value: "PATH")];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("list", "", 0, 0, "services you may query", ListCommand.Run) { Options = [new(Long, "add PID, UPTIME and HEALTH", Short: "-l")] },
        new("status", "SERVICE", 1, 1, "one service in detail", StatusCommand.Run),
        new("start", "SERVICE", 1, 1, "start a service and what it needs", StartCommand.Start) { Options = s_waiting },
        new("stop", "SERVICE", 1, 1, "stop a service", StartCommand.Stop) { Options = s_waiting },
        new("restart", "SERVICE", 1, 1, "stop and start a service", StartCommand.Restart) { Options = s_waiting },
        new("reload", "SERVICE", 1, 1, "make a service read its configuration again", StartCommand.Reload) { Options = s_waiting },
        new("reset", "SERVICE", 1, 1, "clear a failed, skipped or abandoned service", StartCommand.Reset),
        new("enable", "SERVICE", 1, 1, "let triggers start the service (registry value Disabled)", EnableCommand.Enable),
        new("disable", "SERVICE", 1, 1, "keep triggers from starting the service", EnableCommand.Disable),
        new("op", "ID", 1, 1, "one operation, up to a minute after its end", OperationCommand.Run)
        {
            Options = [new(Wait, "wait for its end"), new(Timeout, "give up after SEC seconds", Value: "SEC")],
        },
        new("reload-config", "", 0, 0, "read all service definitions again", ReloadConfigCommand.Run),
        new("shutdown", "poweroff|reboot|halt", 1, 1, "stop all services and end the machine", ShutdownCommand.Run),
    ];
}
