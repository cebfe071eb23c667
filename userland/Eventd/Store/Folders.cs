// SPDX-License-Identifier: MIT
using System.IO;
using Peios.Interop;

namespace Eventd.Store;

/// <summary>Directories of stores and sockets.</summary>
internal static class Folders
{
    /// <summary>Makes a directory and those above it; one that exists stays as it is.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="mode">Permission bits of what is made.</param>
    internal static Errno Make(string path, int mode)
    {
        if (Directory.Exists(path))
        {
            return Errno.None;
        }

        string? parent = Path.GetDirectoryName(path);
        Errno error = string.IsNullOrEmpty(parent) ? Errno.EINVAL : Make(parent, 0x1ed);
        error = error.Ok ? Files.MakeDirectory(path, mode) : error;
        return error == Errno.EEXIST && Directory.Exists(path) ? Errno.None : error;
    }
}
