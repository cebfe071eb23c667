// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Tools.Frame;

namespace Tools.Regctl;

/// <summary>The <c>regctl</c> tool (CLI-018): keys and values of the registry.</summary>
internal sealed class RegctlTool : ITool
{
    private static readonly ToolOption s_layer = new("--layer", "layer to write into; base if not given", "L");
    private static readonly ToolOption s_neededLayer = new("--layer", "layer to write into; must be given", "L");

    /// <inheritdoc/>
    public string Name => "regctl";

    /// <inheritdoc/>
    public string Summary => "read, change and watch the registry";

    /// <inheritdoc/>
    public IReadOnlyList<ToolOption> Options { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> Commands { get; } =
    [
        new("query", "KEY [VALUE]", 1, 2, "values of a key; @ is the default value", QueryCommand.Run)
        {
            Options =
            [
                new("--recursive", "descend into subkeys", Short: "-r"),
                new("--depth", "descend at most N levels", "N"),
                new("--layer-info", "show layer and sequence of each value"),
                new("--bytes", "show all data as hexadecimal bytes"),
            ],
        },
        new("list", "KEY", 1, 1, "subkeys of a key", ListCommand.Run) { Options = [new("--long", "also last write time", Short: "-l")] },
        new("info", "KEY", 1, 1, "figures of a key", InfoCommand.Run) { Options = [new("--no-follow", "a link itself, not its target")] },
        new("set", "KEY VALUE DATA", 3, 3, "write a value: sz: expand: dword: dword-be: qword: multi: hex: link: none:", SetCommand.Run)
        {
            Options =
            [
                new("--type", "type of DATA, instead of a prefix", "T"),
                s_layer,
                new("--parents", "create missing keys", Short: "-p"),
                new("--if-sequence", "only if the layer's entry has this sequence", "N"),
            ],
        },
        new("new", "KEY", 1, 1, "create a key", NewCommand.Run)
        {
            Options =
            [
                new("--parents", "create missing keys, accept an existing one", Short: "-p"),
                new("--volatile", "the key vanishes at reboot"),
                s_layer,
                new("--link", "make a link to TARGET", "TARGET"),
            ],
        },
        new("delete", "KEY [VALUE]", 1, 2, "delete a value, or a key without subkeys", DeleteCommand.Run)
        {
            Options =
            [
                new("--recursive", "delete the subkeys first", Short: "-r"),
                s_layer,
                new("--yes", "do not ask", Short: "-y"),
            ],
        },
        new("mask", "KEY [VALUE]", 1, 2, "hide a value of lower layers, or --all of them", MaskCommand.Mask) { Options = [s_neededLayer, new("--all", "every value of the key")] },
        new("unmask", "KEY [VALUE]", 1, 2, "undo mask", MaskCommand.Unmask) { Options = [s_neededLayer, new("--all", "every value of the key")] },
        new("hide", "KEY", 1, 1, "hide a key of lower layers", MaskCommand.Hide) { Options = [s_neededLayer] },
        new("watch", "KEY", 1, 1, "print changes until interrupted", WatchCommand.Run)
        {
            Options =
            [
                new("--subtree", "also changes below the key"),
                new("--filter", "only these: value,subkey,sd", "LIST"),
                new("--count", "stop after N events", "N"),
            ],
        },
        new("sd", "KEY [SDDL]", 1, 2, "show the key's descriptor, or replace the parts that SDDL has", SecurityCommand.Run)
        {
            Options = [new("--sacl", "show the SACL too (needs SeSecurityPrivilege)")],
        },
    ];
}
