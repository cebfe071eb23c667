// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Peios.Interop;

namespace Peinit.Shell;

/// <summary>Children that look at a path which does not answer. SIGKILL may not reach them; no path gets a second one.</summary>
internal sealed class StuckChecks
{
    private readonly Dictionary<string, Fd> _processes = new(StringComparer.Ordinal);

    /// <summary>Kills a child; it is remembered until it has ended.</summary>
    internal void Add(string path, Fd process)
    {
        _ = Processes.Signal(process, Signals.Kill);
        if (!_processes.TryAdd(path, process))
        {
            process.Dispose();
        }
    }

    /// <summary>True while a child still looks at this path.</summary>
    internal bool Contains(string path)
    {
        if (!_processes.TryGetValue(path, out Fd? process))
        {
            return false;
        }

        if (Processes.IsAlive(process))
        {
            return true;
        }

        _ = _processes.Remove(path);
        process.Dispose();
        return false;
    }
}
