// SPDX-License-Identifier: MIT
namespace Peios.Interop;

/// <summary>How a child ended.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Code">Exit code, or null.</param>
/// <param name="Signal">Signal that ended it, or null.</param>
public readonly record struct ExitedChild(int Pid, int? Code, int? Signal);
