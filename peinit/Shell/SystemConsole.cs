// SPDX-License-Identifier: MIT
using System.Text;
using Peinit.Output;
using Peios.Interop;

namespace Peinit.Shell;

/// <summary>
/// Progress for a person at the machine (PEINIT-427). Each line opens the console without blocking and drops what
/// does not fit: a stopped terminal must not stop PID 1 (HAZ-039).
/// </summary>
internal static class SystemConsole
{
    internal const string Path = "/dev/console";

    internal static void WriteLine(string text)
    {
        if (!Files.Open(Path, Files.WriteOnly | Files.NoTerminal | Files.NonBlocking).TryGet(out Fd? fd))
        {
            return;
        }

        using (fd)
        {
            _ = Files.Write(fd, Encoding.UTF8.GetBytes($"peinit: {Printable.Of(text)}\r\n"));
        }
    }
}
