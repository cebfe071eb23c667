// SPDX-License-Identifier: MIT
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Peios.Interop;

namespace Peinit.Boot;

/// <summary>Boots since the last successful one, in a file on the root file system (PEINIT-023 to PEINIT-030).</summary>
internal sealed class BootCounter(string directory)
{
    internal const string DefaultDirectory = "/.peinit";

    private string File => directory + "/boot-attempts";

    /// <summary>The stored number; missing, unreadable or no number is 0 (PEINIT-024).</summary>
    internal uint Read() =>
        Files.ReadSmall(File, 64).TryGet(out byte[]? text)
        && Utf8Parser.TryParse(text, out uint value, out int used)
        && (used == text.Length || (used == text.Length - 1 && text[used] == '\n'))
            ? value
            : 0;

    /// <summary>Stores a number so that power loss leaves the old or the new one (HAZ-043).</summary>
    internal Errno Write(uint value)
    {
        Errno error = Files.MakeDirectory(directory, 0x1C0);
        return error.Ok
            ? Files.ReplaceDurably(File, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture) + "\n"), 0x180)
            : error;
    }
}
