// SPDX-License-Identifier: MIT
using System;
using Peios.Interop;
using Peios.Interop.Kacs;
using Peios.Security;

namespace Authd;

/// <summary>What authd needs before it serves.</summary>
internal static class Startup
{
    public const string SocketPath = "/run/authd/authd.sock";

    /// <summary>SourceTimeoutMs (AUTH-070).</summary>
    public const ulong SourceTimeout = 5_000_000_000;

    /// <summary>Reports a failed start; the exit code.</summary>
    public static int Fail(string what, Errno error)
    {
        Console.Error.WriteLine($"authd: {what}: {error}");
        return 1;
    }

    /// <summary>Without both privileges nothing can be minted; better not to start than to refuse everybody (AUTH-016).</summary>
    public static Errno CheckPrivileges(KacsDevice device)
    {
        if (!Token.OpenSelf(device).TryGet(out Token? token, out Errno error))
        {
            return error;
        }

        using (token)
        {
            const ulong Needed = Privilege.CreateToken | Privilege.Tcb;
            return token.Privileges().TryGet(out TokenPrivileges held, out error)
                ? (held.Enabled & Needed) == Needed ? Errno.None : Errno.EPERM
                : error;
        }
    }
}
