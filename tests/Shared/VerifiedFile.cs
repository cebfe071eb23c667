// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Runtime.CompilerServices;
using Xunit;

namespace Peios.Tests;

/// <summary>
/// Holds output against a file beside the test, <c>Name.verified.txt</c>. A difference leaves
/// <c>Name.received.txt</c> there: accept it by renaming, in a reviewed diff.
/// </summary>
internal static class VerifiedFile
{
    /// <summary>Compares <paramref name="actual"/> with the accepted text.</summary>
    /// <param name="actual">What the test got.</param>
    /// <param name="name">Name of the file, unique in its folder.</param>
    /// <param name="source">The test's file; the compiler fills it in.</param>
    internal static void Verify(string actual, string name, [CallerFilePath] string source = "")
    {
        string folder = Path.GetDirectoryName(source)!;
        string accepted = Path.Combine(folder, name + ".verified.txt");
        string received = Path.Combine(folder, name + ".received.txt");
        string expected = File.Exists(accepted) ? File.ReadAllText(accepted) : "";
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Equal(expected, actual);
        throw new InvalidOperationException($"{accepted} is missing");
    }
}
