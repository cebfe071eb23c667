// SPDX-License-Identifier: MIT
using System;

namespace Peios.Interop;

/// <summary>A child of the C shim: its process and the pipe on which it reports its setup.</summary>
/// <param name="Pid">Process id; stays reserved until it is reaped.</param>
/// <param name="Process">pidfd.</param>
/// <param name="Report">Non-blocking read end of the report pipe.</param>
public sealed record SpawnedChild(int Pid, Fd Process, Fd Report) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Process.Dispose();
        Report.Dispose();
    }
}
