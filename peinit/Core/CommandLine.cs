// SPDX-License-Identifier: MIT
namespace Peinit.Core;

/// <summary>A command string split into words (PEINIT-111): what a hook or a reload command executes.</summary>
public sealed class CommandLine
{
    /// <summary>Wraps words that were split and checked by the definition reader.</summary>
    /// <param name="path">The first word, an absolute path.</param>
    /// <param name="arguments">The words after it.</param>
    public CommandLine(string path, string[] arguments)
    {
        Path = path;
        Arguments = arguments;
    }

    /// <summary>Absolute path of the binary; also argv[0].</summary>
    public string Path { get; }

    /// <summary>argv[1..].</summary>
    public string[] Arguments { get; }
}
