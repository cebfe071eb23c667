// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Peios.Tests;

/// <summary>The host build of the portable core (<c>make -C pkm/core</c>).</summary>
internal static class CoreLibrary
{
    private static readonly nint Handle = Load();

    /// <summary>Address of an exported function.</summary>
    internal static nint Export(string name) => NativeLibrary.GetExport(Handle, name);

    private static nint Load()
    {
        string path = Path.Combine(Repository.Root, "out", "native", "libpkmcore.so");
        return File.Exists(path)
            ? NativeLibrary.Load(path)
            : throw new InvalidOperationException($"{path} is missing: run make -C pkm/core");
    }
}
