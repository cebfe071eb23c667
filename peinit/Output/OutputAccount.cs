// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Peinit.Output;

/// <summary>
/// What one service has written and eventd has not got yet. Over its limit the service's pipes are not read, so its
/// writes block; never for the services that logging itself needs (PEINIT-415, HAZ-038).
/// </summary>
internal sealed class OutputAccount(string service)
{
    private static readonly string[] s_exempt = ["registryd", "lpsd", "authd", "eventd"];

    // Main process, hook and reload command have two each; the rest is left over from earlier starts.
    private const int MaxPipes = 16;

    private readonly List<OutputPipe> _open = [];
    private readonly List<OutputPipe> _paused = [];

    /// <summary>Name of the service.</summary>
    internal string Service { get; } = service;

    /// <summary>Logging depends on this service: waiting for it could wait for ever.</summary>
    internal bool Exempt { get; } = Array.Exists(s_exempt, e => e.Equals(service, StringComparison.OrdinalIgnoreCase));

    /// <summary>Bytes read and not sent.</summary>
    internal int Unsent { get; private set; }

    internal void Charge(int bytes) => Unsent += bytes;

    /// <summary>Bytes were sent or dropped.</summary>
    internal void Release(int bytes, int limit)
    {
        Unsent -= bytes;
        if (_paused.Count > 0 && Unsent <= limit / 2)
        {
            ResumeAll();
        }
    }

    internal void Pause(OutputPipe pipe) => _paused.Add(pipe);

    /// <summary>
    /// A pipe was opened. A service may give the writing end of its output away to a process that never closes it: each
    /// restart would leave two descriptors in PID 1.
    /// </summary>
    /// <returns>The oldest pipe, to be given up, when there are too many.</returns>
    internal OutputPipe? Opened(OutputPipe pipe)
    {
        _open.Add(pipe);
        return _open.Count > MaxPipes ? _open[0] : null;
    }

    internal void Forget(OutputPipe pipe)
    {
        _ = _open.Remove(pipe);
        _ = _paused.Remove(pipe);
    }

    internal void ResumeAll()
    {
        foreach (OutputPipe pipe in _paused)
        {
            pipe.Resume();
        }

        _paused.Clear();
    }
}
