// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Peios.Interop;

namespace Peios.Ipc;

/// <summary>
/// Tells the service manager about this process through the socket named by <c>NOTIFY_SOCKET</c>. Without the
/// variable every call succeeds and does nothing, so daemons also run by hand.
/// </summary>
public static class NotifyClient
{
    /// <summary>The service is ready (PEINIT-198).</summary>
    public static Errno Ready() => Send("READY=1"u8);

    /// <summary>The service has begun to stop (PEINIT-257).</summary>
    public static Errno Stopping() => Send("STOPPING=1"u8);

    /// <summary>A reload has begun; <see cref="Ready"/> ends it (PEINIT-241).</summary>
    public static Errno Reloading() => Send("RELOADING=1"u8);

    /// <summary>The watchdog's sign of life (PEINIT-245).</summary>
    public static Errno Watchdog() => Send("WATCHDOG=1"u8);

    /// <summary>Asks for more time in the current phase (PEINIT-249).</summary>
    /// <param name="microseconds">From now.</param>
    public static Errno ExtendTimeout(ulong microseconds) =>
        Send(Encoding.UTF8.GetBytes($"EXTEND_TIMEOUT_USEC={microseconds}"));

    /// <summary>One line for people, shown by <c>svctl status</c>.</summary>
    public static Errno Status(string text) =>
        Send(Encoding.UTF8.GetBytes("STATUS=" + text.Replace('\n', ' ')));

    /// <summary>Sends <c>KEY=VALUE</c> lines as one datagram.</summary>
    public static Errno Send(ReadOnlySpan<byte> message)
    {
        string? path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return Errno.None;
        }

        if (!UnixSocket.ConnectDatagram(path).TryGet(out UnixSocket? socket, out Errno error))
        {
            return error;
        }

        using (socket)
        {
            Result<int> sent = socket.Send(message);
            if (sent.Error == Errno.EAGAIN)
            {
                // A full queue empties as fast as PID 1 runs: readiness is worth a short wait.
                _ = Polling.Wait(socket.Fd, Polling.Writable, 5000);
                sent = socket.Send(message);
            }

            return sent.Error;
        }
    }
}
