// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Peios.Tests;

/// <summary>Where the clone is; tests run from a folder below it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Peios.sln.</summary>
    internal static string Root { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Peios.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("tests run outside a clone of Peios");
    }
}
