// SPDX-License-Identifier: MIT
using Peios.Interop;

namespace Peios.Security;

/// <summary>The kernel's answer to an access check.</summary>
/// <param name="Error">None: every requested right is granted; EACCES: not; anything else: no decision was made.</param>
/// <param name="Granted">The rights granted, also on EACCES.</param>
public readonly record struct AccessVerdict(Errno Error, uint Granted)
{
    /// <summary>Every requested right is granted. False for every error: deny is the default.</summary>
    public bool IsAllowed => Error.Ok;

    /// <summary>The kernel decided and said no.</summary>
    public bool IsDenied => Error == Errno.EACCES;
}
