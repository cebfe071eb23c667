// SPDX-License-Identifier: MIT
using System.IO;

namespace Tests.Vm.Harness;

/// <summary>Raw bytes to a socket of the guest, for clients that no tool of ours would be.</summary>
internal static class UnixSend
{
    /// <summary>Sends bytes and returns what the peer answered until it closed or fell silent.</summary>
    internal static CommandResult Send(Guest guest, string socket, byte[] bytes)
    {
        return guest.Execute(new GuestCommand(Install(guest, "unixsend"), socket) { Input = bytes });
    }

    /// <summary>Compiles a program of tests/Vm/tools and puts it into the guest; returns its path there.</summary>
    internal static string Install(Guest guest, string name)
    {
        string program = "/var/tmp/" + name;
        if (guest.Execute(GuestCommand.Shell($"test -x {program}")).ExitCode != 0)
        {
            string binary = Path.Combine(guest.Folder, name);
            Tool.Run("gcc", "-static", "-O2", "-Wall", "-Werror", "-o", binary, Path.Combine(Peios.Tests.Repository.Root, "tests", "Vm", "tools", name + ".c"));
            guest.Write(program, File.ReadAllBytes(binary), 0x1ED);
        }

        return program;
    }
}
