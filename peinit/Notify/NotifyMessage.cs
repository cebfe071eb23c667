// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Text;
using System.Text;
using Peinit.Core;
using Peinit.Output;

namespace Peinit.Notify;

/// <summary>Parses one notify datagram (PEINIT-433 to PEINIT-435). Whoever can reach the socket writes this.</summary>
internal static class NotifyMessage
{
    /// <summary>Largest datagram that is looked at (PEINIT-434).</summary>
    internal const int MaxBytes = 8192;

    /// <summary>Most descriptors in one datagram (PEINIT-434).</summary>
    internal const int MaxFds = 64;

    private const int MaxText = 1024;

    /// <summary>Unknown keys and lines without <c>=</c> are skipped; of a repeated key the last line wins.</summary>
    /// <param name="datagram">The bytes.</param>
    /// <param name="fields">What the core acts on.</param>
    /// <param name="malformed">Name of a key whose number was malformed, else null.</param>
    /// <returns>True when there is anything to act on.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> datagram, out NotifyFields fields, out string? malformed)
    {
        fields = default;
        malformed = null;
        bool any = false;
        while (!datagram.IsEmpty)
        {
            int end = datagram.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? datagram : datagram[..end];
            datagram = end < 0 ? default : datagram[(end + 1)..];
            int equals = line.IndexOf((byte)'=');
            any |= equals > 0 && Apply(ref fields, line[..equals], line[(equals + 1)..], ref malformed);
        }

        return any;
    }

    private static bool Apply(ref NotifyFields f, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref string? malformed)
    {
        bool one = value.SequenceEqual("1"u8);
        if (key.SequenceEqual("READY"u8))
        {
            f = f with { Ready = one };
        }
        else if (key.SequenceEqual("RELOADING"u8))
        {
            f = f with { Reloading = one };
        }
        else if (key.SequenceEqual("STOPPING"u8))
        {
            f = f with { Stopping = one };
        }
        else if (key.SequenceEqual("WATCHDOG"u8))
        {
            f = f with { Watchdog = one };
        }
        else if (key.SequenceEqual("STATUS"u8))
        {
            f = f with { Status = Text(value) };
        }
        else if (key.SequenceEqual("ERRNO"u8))
        {
            f = f with { Errno = Text(value) };
        }
        else if (key.SequenceEqual("EXIT_STATUS"u8))
        {
            f = f with { ExitStatus = Text(value) };
        }
        else if (key.SequenceEqual("WATCHDOG_USEC"u8))
        {
            f = f with { WatchdogMicroseconds = Number(value, "WATCHDOG_USEC", ref malformed) };
        }
        else if (key.SequenceEqual("EXTEND_TIMEOUT_USEC"u8))
        {
            f = f with { ExtendMicroseconds = Number(value, "EXTEND_TIMEOUT_USEC", ref malformed) };
        }
        else
        {
            return false;
        }

        return true;
    }

    private static ulong? Number(ReadOnlySpan<byte> value, string key, ref string? malformed)
    {
        if (Utf8Parser.TryParse(value, out ulong number, out int used) && used == value.Length && value[0] != (byte)'+')
        {
            return number;
        }

        malformed = key;
        return null;
    }

    // Shown on terminals and stored per service: bounded, and nothing to play with the reader's screen.
    private static string Text(ReadOnlySpan<byte> value) =>
        Printable.Of(Encoding.UTF8.GetString(value.Length > MaxText ? value[..MaxText] : value));
}
