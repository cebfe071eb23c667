// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Mkimage;

/// <summary>One manifest: a layer of the image. Later layers add to and overwrite earlier ones.</summary>
internal sealed class Manifest
{
    /// <summary>File it was read from, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>Debian packages wanted; their dependencies come along.</summary>
    public List<string> Packages { get; } = [];

    /// <summary>Packages that must not come along: what only maintainer scripts need (none are run).</summary>
    public List<string> Omit { get; } = [];

    /// <summary>Paths of unpacked packages that the image does not want.</summary>
    public List<string> Prune { get; } = [];

    /// <summary>Folders to make.</summary>
    public List<DirectoryEntry> Directories { get; } = [];

    /// <summary>Files to write, from text or from a file of the project.</summary>
    public List<FileEntry> Files { get; } = [];

    /// <summary>Symbolic links.</summary>
    public List<LinkEntry> Links { get; } = [];

    /// <summary>Registry content: hive name, hive file in the image, TOML file of the project.</summary>
    public List<SeedEntry> Seeds { get; } = [];
}

/// <summary>A folder of the image.</summary>
internal readonly record struct DirectoryEntry(string Path, int Mode, string Owner);

/// <summary>A file of the image; exactly one of text and source is set.</summary>
internal readonly record struct FileEntry(string Path, int Mode, string Owner, string? Text, string? Source);

/// <summary>A symbolic link of the image.</summary>
internal readonly record struct LinkEntry(string Path, string Target);

/// <summary>One TOML file for one hive.</summary>
internal readonly record struct SeedEntry(string Hive, string Database, string Source);
