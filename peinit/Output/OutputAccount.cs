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

    internal void Forget(OutputPipe pipe) => _ = _paused.Remove(pipe);

    internal void ResumeAll()
    {
        foreach (OutputPipe pipe in _paused)
        {
            pipe.Resume();
        }

        _paused.Clear();
    }
}
