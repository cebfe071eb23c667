// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Peios.Tests;

/// <summary>Finds data of other implementations: <c>PEIOS_VECTORS</c>, else <c>../shared/vectors</c> beside the clone.</summary>
internal static class Vectors
{
    /// <summary>The folder of one corpus, or null (after saying so) where it is absent: a user's clone has none.</summary>
    internal static string? Folder(string corpus)
    {
        string root = Environment.GetEnvironmentVariable("PEIOS_VECTORS") ?? Path.Combine(Repository.Root, "..", "shared", "vectors");
        string path = Path.Combine(root, corpus);
        if (Directory.Exists(path))
        {
            return path;
        }

        Console.WriteLine($"not run: no vectors ({corpus})");
        return null;
    }
}
