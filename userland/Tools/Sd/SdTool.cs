// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Sd;

/// <summary>The <c>sd</c> tool: security descriptors shown, checked, changed (CLI-025).</summary>
internal sealed class SdTool : ITool
{
    private static readonly ToolOption s_flags = new("--flags", "CI,OI,NP,IO or none; default CI where something lies below", Value: "LIST");
    private static readonly ToolOption s_if = new("--if", "only while this holds, e.g. '@User.Title == \"PM\"'", Value: "EXPR");
    private static readonly ToolOption s_replace = new("--replace", "instead of the principal's own ACEs, not beside them");
    private static readonly ToolOption s_recursive = new(Editor.Recursive, "also everything below that is not protected");
    private static readonly ToolOption s_yes = new("--yes", "do not ask before a recursive change", Short: "-y");
    private static readonly ToolOption s_dry = new(Editor.DryRun, "print what would be written");
    private static readonly IReadOnlyList<ToolOption> s_change = [s_recursive, s_yes, s_dry];
    private static readonly IReadOnlyList<ToolOption> s_aces = [s_flags, s_if, s_replace, .. s_change];

    /// <inheritdoc/>
    public string Name => "sd";

    /// <inheritdoc/>
    public string Summary => "descriptors of PATH, reg:KEY, service:NAME, pid:N, token:N, or SDDL";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } = [new("-P", "do not follow a symbolic link")];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("show", "OBJECT", 1, 1, "owner, group and ACLs", ShowCommand.Run)
        {
            Options = [new("--sddl", "print SDDL only"), new("--all", "the SACL too, which needs a privilege")],
        },
        new("explain", "OBJECT", 1, 1, "who gets what, and which ACE says so", ExplainCommand.Run),
        new("check", "OBJECT [PERMS]", 1, 2, "does the caller get PERMS (rwxdmfco, words, names, 0x…)? Exit 0 or 1. Without PERMS: what it gets", CheckCommand.Run)
        {
            Options =
            [
                new("--pid", "ask for a process instead of the caller", Value: "N"),
                new("--intent", "backup, restore or both", Value: "LIST"),
                new("--explain", "what decided each right"),
            ],
        },
        new("set", "OBJECT [SDDL|-]", 1, 2, "replace the parts that SDDL names", SetCommand.Run)
        {
            Options =
            [
                new("--binary", "take the bytes of a descriptor from a file", Value: "FILE"),
                new("--components", "owner, group, dacl, sacl: replace these, named or not", Value: "LIST"),
                .. s_change,
            ],
        },
        new("allow", "OBJECT P:PERMS…", 2, ToolCommand.Unlimited, "grant rights to principals", EditCommands.Allow) { Options = s_aces },
        new("deny", "OBJECT P:PERMS…", 2, ToolCommand.Unlimited, "refuse rights to principals", EditCommands.Deny) { Options = s_aces },
        new("remove", "OBJECT P…", 2, ToolCommand.Unlimited, "take principals out of the DACL", EditCommands.Remove)
        {
            Options = [new("--allow-empty", "leave a DACL that grants nothing"), .. s_change],
        },
        new("audit", "OBJECT P:PERMS:success|failure|both…", 2, ToolCommand.Unlimited, "record uses of rights", EditCommands.Audit) { Options = s_aces },
        new("unaudit", "OBJECT P…", 2, ToolCommand.Unlimited, "take principals out of the audit", EditCommands.Unaudit) { Options = s_change },
        new("owner", "OBJECT P", 2, 2, "change the owner", EditCommands.Owner) { Options = s_change },
        new("group", "OBJECT P", 2, 2, "change the group", EditCommands.Group) { Options = s_change },
        new("integrity", "OBJECT LEVEL", 2, 2, "change the integrity label", EditCommands.Integrity)
        {
            Options = [new("--policy", "NW,NR,NX: what lower levels may not do (default NW)", Value: "LIST"), .. s_change],
        },
        new("inherit", "on|off OBJECT", 2, 2, "take ACEs of the container, or keep them out", InheritCommands.Inherit)
        {
            Options = [new("--strip-inherited", "with off: drop inherited ACEs instead of keeping copies"), .. s_change],
        },
        new("reset", "OBJECT", 1, 1, "nothing but what the container passes on", InheritCommands.Reset) { Options = s_change },
        new("propagate", "OBJECT", 1, 1, "renew inherited ACEs everywhere below", InheritCommands.Propagate) { Options = [s_yes, s_dry] },
    ];
}
