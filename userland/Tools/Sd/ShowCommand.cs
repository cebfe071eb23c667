// SPDX-License-Identifier: MIT
using Peios.Security;
using Tools.Frame;

namespace Tools.Sd;

/// <summary><c>sd show</c>.</summary>
internal static class ShowCommand
{
    public static ExitCode Run(ToolContext context)
    {
        if (!Sddl.TryParse(context.Operands[0], out byte[] descriptor, out SddlError error))
        {
            return context.Fail(ExitCode.InvalidInput, error.ToString(), "EINVAL");
        }
        if (!Sddl.TryFormat(descriptor, new SddlOptions(Raw: context.Raw), out string text, out error))
        {
            return context.Fail(ExitCode.InvalidInput, error.Message, "EINVAL");
        }
        context.Out.WriteLine(text);
        return ExitCode.Success;
    }
}
