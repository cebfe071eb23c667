// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Tools.Frame;

/// <summary>All tools of the binary; the image links each name to it.</summary>
internal static class ToolCatalogue
{
    /// <summary>The tools, alphabetical.</summary>
    public static IReadOnlyList<ITool> All { get; } =
    [
        new Evctl.EvctlTool(),
        new Svctl.PowerTool("halt"),
        new Idn.IdnTool(),
        new Svctl.PowerTool("poweroff"),
        new Svctl.PowerTool("reboot"),
        new Regctl.RegctlTool(),
        new Sd.SdTool(),
        new Svctl.ShutdownTool(),
        new Svctl.SvctlTool(),
    ];

    /// <summary>The tool of that name, or null.</summary>
    public static ITool? Find(string name)
    {
        foreach (ITool tool in All)
        {
            if (tool.Name == name)
            {
                return tool;
            }
        }
        return null;
    }
}
