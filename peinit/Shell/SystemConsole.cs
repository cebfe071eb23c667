// SPDX-License-Identifier: MIT
using Peios.Ipc;

namespace Peinit.Shell;

/// <summary>Progress for a person at the machine (PEINIT-427).</summary>
internal static class SystemConsole
{
    internal const string Path = "/dev/console";

    private static readonly ConsoleWriter Writer = new(Path);

    internal static void Attach(EventLoop loop) => Writer.Loop = loop;

    internal static void WriteLine(string text) => Writer.WriteLine(text);
}
