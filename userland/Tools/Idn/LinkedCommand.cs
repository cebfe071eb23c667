// SPDX-License-Identifier: MIT
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary><c>idn linked</c>: the other token of a pair, as far as it is visible; exit 1 if there is none.</summary>
internal static class LinkedCommand
{
    public static ExitCode Run(ToolContext context)
    {
        using Token? token = TokenChooser.Open(context, TokenRights.Query, out ExitCode exit);
        if (token is null)
        {
            return exit;
        }

        if (!KacsToken.GetLinkedToken(token.Fd).TryGet(out Fd? fd, out Errno error))
        {
            // A lone token is an answer, not a failure.
            return error == Errno.ENOENT ? None(context) : TokenChooser.Fail(context, "linked token", error);
        }

        using Token partner = new(fd);
        if (!TokenView.Read(partner).TryGet(out TokenView? view, out error))
        {
            return TokenChooser.Fail(context, "linked token", error);
        }

        ShowCommand.Print(context, view, SidNames.Load(context, view.Sids()));
        return ExitCode.Success;
    }

    private static ExitCode None(ToolContext context)
    {
        if (context.Json)
        {
            context.WriteJson(static writer => writer.WriteNullValue());
        }
        else
        {
            context.Out.WriteLine("none");
        }

        return ExitCode.Failed;
    }
}
