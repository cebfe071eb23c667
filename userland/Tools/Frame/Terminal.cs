// SPDX-License-Identifier: MIT
using Peios.Interop;

namespace Tools.Frame;

/// <summary>The size of a terminal, asked of the kernel: the runtime's console class would set the terminal up.</summary>
internal static class Terminal
{
    private const uint GetWindowSize = 0x5413;
    /// <summary>Narrower is a serial line that does not know its size.</summary>
    private const int Least = 20;
    private const int Usual = 80;

    /// <summary>Columns of the terminal behind a descriptor; 80 if it does not know, as on a serial line.</summary>
    public static int Columns(int descriptor)
    {
        using Fd terminal = new(descriptor);
        ulong size = 0;
        // struct winsize: rows, then columns, 16 bits each.
        int columns = Files.Control(terminal, GetWindowSize, ref size).Ok ? (ushort)(size >> 16) : 0;
        // The descriptor is the process's own, not ours to close.
        terminal.Release();
        return columns >= Least ? columns : Usual;
    }
}
