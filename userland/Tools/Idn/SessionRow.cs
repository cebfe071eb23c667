// SPDX-License-Identifier: MIT
using Peios.Security;

namespace Tools.Idn;

/// <summary>A logon session as far as it is known.</summary>
/// <param name="Id">Session id.</param>
/// <param name="User">Its user.</param>
/// <param name="Type">Logon type, or null.</param>
/// <param name="Package">Who logged it on, or null.</param>
/// <param name="Created">Time, or null.</param>
/// <param name="Origin">Terminal or service, or null.</param>
internal sealed record SessionRow(ulong Id, Sid User, string? Type, string? Package, string? Created, string? Origin)
{
    /// <summary>Processes whose token names the session, among those that may be looked at.</summary>
    public int Processes { get; set; }
}
