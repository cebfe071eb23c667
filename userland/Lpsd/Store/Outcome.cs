// SPDX-License-Identifier: MIT
namespace Lpsd.Store;

/// <summary>How a change ended: an empty code is success.</summary>
/// <param name="Code">An answer code.</param>
/// <param name="Message">For people.</param>
internal readonly record struct Outcome(string Code, string Message)
{
    /// <summary>It is done and durable.</summary>
    public static readonly Outcome Done = new("", "");

    /// <summary>Did it succeed?</summary>
    public bool Ok => Code.Length == 0;
}
