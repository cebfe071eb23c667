// SPDX-License-Identifier: MIT
using System.IO;

namespace Tests.Vm.Harness;

/// <summary>Raw bytes to a socket of the guest, for clients that no tool of ours would be.</summary>
internal static class UnixSend
{
    private const string Program = "/var/tmp/unixsend";

    /// <summary>Sends bytes and returns what the peer answered until it closed or fell silent.</summary>
    internal static CommandResult Send(Guest guest, string socket, byte[] bytes)
    {
        if (guest.Execute(GuestCommand.Shell($"test -x {Program}")).ExitCode != 0)
        {
            string binary = Path.Combine(guest.Folder, "unixsend");
            Tool.Run("gcc", "-static", "-O2", "-Wall", "-Werror", "-o", binary, Path.Combine(Peios.Tests.Repository.Root, "tests", "Vm", "tools", "unixsend.c"));
            guest.Write(Program, File.ReadAllBytes(binary), 0x1ED);
        }

        return guest.Execute(new GuestCommand(Program, socket) { Input = bytes });
    }
}
