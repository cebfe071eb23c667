// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Peinit.Boot;
using Peinit.Output;
using Peios.Interop;

namespace Peinit.Shell;

/// <summary>
/// peinit's own log: kept for eventd, and shown on the console as long as a person has to follow the boot. Lines from
/// before the loop exists wait in a list.
/// </summary>
internal sealed class PeinitLog : IBootLog
{
    private const ulong NotifyInterval = 1_000_000_000;

    private readonly List<(string Text, bool IsError)> _early = [];
    private OutputPump? _output;
    private ulong _notifyQuietUntil;
    private int _notifySuppressed;

    /// <summary>Progress is copied to the console: during boot, Recovery and shutdown (PEINIT-427).</summary>
    internal bool OnConsole { get; set; } = true;

    /// <inheritdoc/>
    public void Info(string text) => Write(text, isError: false);

    /// <inheritdoc/>
    public void Warn(string text) => Write(text, isError: true);

    internal void Error(string text) => Write(text, isError: true);

    /// <summary>From here on lines have somewhere to go.</summary>
    internal void Attach(OutputPump output)
    {
        _output = output;
        foreach ((string text, bool isError) in _early)
        {
            output.AddOwn(text, isError);
        }

        _early.Clear();
    }

    /// <summary>A line for the log only.</summary>
    internal void Record(string text, bool isError)
    {
        if (_output is null)
        {
            _early.Add((text, isError));
        }
        else
        {
            _output.AddOwn(text, isError);
        }
    }

    internal void NotifyDropped(int pid) => Notify($"notify message of pid {pid} dropped: too long or too many descriptors");

    internal void NotifyMalformed(int pid, string key) => Notify($"notify message of pid {pid}: {key} is no number, ignored");

    private void Write(string text, bool isError)
    {
        Record(text, isError);
        if (OnConsole)
        {
            SystemConsole.WriteLine(text);
        }
    }

    // Anybody can send datagrams: the log must not become the victim of a flood.
    private void Notify(string text)
    {
        ulong now = Clock.Monotonic;
        if (now < _notifyQuietUntil)
        {
            _notifySuppressed++;
            return;
        }

        _notifyQuietUntil = now + NotifyInterval;
        string more = _notifySuppressed > 0 ? $" ({_notifySuppressed} more like it)" : string.Empty;
        _notifySuppressed = 0;
        Record(text + more, isError: true);
    }
}
