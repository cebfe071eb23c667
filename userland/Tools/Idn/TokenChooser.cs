// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;
using Tools.Frame;

namespace Tools.Idn;

/// <summary>Opens the token that the options name: one's own (effective or real), a process's, a thread's.</summary>
internal static class TokenChooser
{
    public const string Self = "--self";
    public const string Real = "--real";
    public const string Pid = "--pid";
    public const string Tid = "--tid";

    /// <summary>Reads the chosen token; on failure the message is out and <paramref name="exit"/> says why.</summary>
    public static TokenView? Read(ToolContext context, out ExitCode exit)
    {
        using Token? token = Open(context, TokenRights.Query, out exit);
        return token is null ? null : View(context, token, out exit);
    }

    /// <summary>Reads the token of <c>self</c> or of a pid: the operands of <c>compare</c>.</summary>
    public static TokenView? ReadOperand(ToolContext context, string operand, out ExitCode exit)
    {
        using Token? token = operand == "self" ? OpenSelf(context, false, TokenRights.Query, out exit) : OpenProcess(context, operand, null, TokenRights.Query, out exit);
        return token is null ? null : View(context, token, out exit);
    }

    /// <summary>Opens the chosen token with these rights; on failure the message is out.</summary>
    public static Token? Open(ToolContext context, uint access, out ExitCode exit)
    {
        string? pid = context.Arguments.Value(Pid);
        string? tid = context.Arguments.Value(Tid);
        int chosen = (context.Arguments.Has(Self) ? 1 : 0) + (context.Arguments.Has(Real) ? 1 : 0) + (pid is not null || tid is not null ? 1 : 0);
        if (chosen > 1)
        {
            exit = context.Fail(ExitCode.Usage, "--self, --real and --pid exclude each other", "USAGE");
            return null;
        }

        return pid is null && tid is null
            ? OpenSelf(context, context.Arguments.Has(Real), access, out exit)
            : OpenProcess(context, pid ?? tid!, tid, access, out exit);
    }

    private static Token? OpenSelf(ToolContext context, bool real, uint access, out ExitCode exit)
    {
        using KacsDevice? device = Device(context, out exit);
        return device is null ? null : Opened(context, Token.OpenSelf(device, real, access), "own token", out exit);
    }

    private static Token? OpenProcess(ToolContext context, string pidText, string? tidText, uint access, out ExitCode exit)
    {
        int tid = 0;
        if (!int.TryParse(pidText, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0 ||
            (tidText is not null && !int.TryParse(tidText, NumberStyles.None, CultureInfo.InvariantCulture, out tid)))
        {
            exit = context.Fail(ExitCode.InvalidInput, $"{pidText} is no process", "EINVAL");
            return null;
        }

        using KacsDevice? device = Device(context, out exit);
        if (device is null)
        {
            return null;
        }

        if (!Processes.Open(pid).TryGet(out Fd? process, out Errno error))
        {
            exit = Fail(context, $"process {pid}", error);
            return null;
        }

        using (process)
        {
            // Looking needs less than changing: a copy for queries, the token itself otherwise.
            Result<Fd> token = access == TokenRights.Query ? device.InspectToken(process, tid)
                : tid == 0 ? device.OpenProcessToken(process, access)
                : Errno.EOPNOTSUPP;
            return Opened(context, token.TryGet(out Fd? fd, out error) ? new Token(fd) : error, $"token of process {pid}", out exit);
        }
    }

    private static KacsDevice? Device(ToolContext context, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (KacsDevice.Open().TryGet(out KacsDevice? device, out Errno error))
        {
            return device;
        }

        exit = context.Fail(ExitCode.Unreachable, $"{KacsDevice.Path}: {error}", error.Name);
        return null;
    }

    private static Token? Opened(ToolContext context, Result<Token> opened, string what, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (opened.TryGet(out Token? token, out Errno error))
        {
            return token;
        }

        exit = Fail(context, what, error);
        return null;
    }

    private static TokenView? View(ToolContext context, Token token, out ExitCode exit)
    {
        exit = ExitCode.Success;
        if (TokenView.Read(token).TryGet(out TokenView? view, out Errno error))
        {
            return view;
        }

        exit = Fail(context, "token", error);
        return null;
    }

    /// <summary>Reports an errno about a token.</summary>
    public static ExitCode Fail(ToolContext context, string what, Errno error)
    {
        ExitCode exit = error == Errno.EACCES || error == Errno.EPERM ? ExitCode.Denied
            : error == Errno.ESRCH || error == Errno.ENOENT ? ExitCode.NotFound
            : ExitCode.Failed;
        return context.Fail(exit, $"{what}: {error}", error.Name);
    }
}
