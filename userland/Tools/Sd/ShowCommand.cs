// SPDX-License-Identifier: MIT
using Tools.Frame;

namespace Tools.Sd;

/// <summary><c>sd show</c>.</summary>
internal static class ShowCommand
{
    public static ExitCode Run(ToolContext context)
    {
        if (SdObject.Open(context, context.Operands[0], out ExitCode exit) is not SdObject target)
        {
            return exit;
        }

        bool needsNames = !context.Arguments.Has("--sddl");
        return SdView.Print(context, target, needsNames ? SidNames.Load(context, SdView.Sids(target.Descriptor)) : SidNames.WellKnown());
    }
}
