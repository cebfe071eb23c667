// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>The <c>idn</c> tool: who somebody is, by their token (CLI-023).</summary>
internal sealed class IdnTool : ITool
{
    private static readonly IReadOnlyList<ToolOption> s_all = [new("--all", "every query class")];

    /// <inheritdoc/>
    public string Name => "idn";

    /// <inheritdoc/>
    public string Summary => "show identities: tokens, groups, privileges";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } =
    [
        new(TokenChooser.Self, "the own effective token (default)"),
        new(TokenChooser.Real, "the own primary token"),
        new(TokenChooser.Pid, "the token of a process", Value: "N"),
        new(TokenChooser.Tid, "the token of a thread of that process", Value: "N"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("", "", 0, 0, "same as show", ShowCommand.Run) { Options = s_all },
        new("show", "", 0, 0, "user, session, type, level, groups, privileges", ShowCommand.Run) { Options = s_all },
        new("user", "", 0, 0, "the user", PartCommands.User),
        new("groups", "", 0, 0, "the groups", PartCommands.Groups),
        new("privs", "", 0, 0, "the privileges", PartCommands.Privileges),
        new("integrity", "", 0, 0, "integrity level and policy", PartCommands.Integrity),
        new("defaults", "", 0, 0, "what new objects get", PartCommands.Defaults),
        new("source", "", 0, 0, "who minted it", PartCommands.Source),
        new("claims", "", 0, 0, "what conditions see as @User. and @Device.", ClaimsCommand.Run),
        new("linked", "", 0, 0, "the other token of a pair; exit 1 if there is none", LinkedCommand.Run),
        new("compare", "A B", 2, 2, "what differs between two tokens (self or pid)", CompareCommand.Run),
        new("check", "[PERMS]", 0, 1, "yes or no: exit 0 or 1", CheckCommand.Run) { Options = CheckCommand.Options },
        new("sessions list", "", 0, 0, "logon sessions", SessionsCommand.List),
        new("sessions show", "ID", 1, 1, "one of them", SessionsCommand.Show),
        new("sessions end", "ID", 1, 1, "end one, by authd", SessionsCommand.End),
        new("adjust privs", "NAME=enabled|disabled|removed…", 1, ToolCommand.Unlimited, "switch privileges of a token", AdjustCommand.Privileges),
        new("adjust groups", "INDEX=on|off…", 1, ToolCommand.Unlimited, "switch groups of a token", AdjustCommand.Groups),
        new("preview", "USER", 1, 1, "the tokens that authd would mint", PreviewCommand.Run) { Options = PreviewCommand.Options },
        new("lookup", "NAME|SID…", 1, ToolCommand.Unlimited, "names and SIDs, by authd", LookupCommand.Run),
    ];
}
