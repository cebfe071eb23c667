// SPDX-License-Identifier: MIT
using System;
using Peinit.Core;
using Peios.Interop;

namespace Peinit.Launch;

/// <summary>The cgroup tree of the services: tracking and killing, never limits (PEINIT-169 to PEINIT-172).</summary>
internal sealed class Cgroup(string root)
{
    internal const string DefaultRoot = "/sys/fs/cgroup/peinit";

    private static readonly string[] s_parts = ["main", "hooks"];

    private string? _fresh;

    internal static string NameOf(CgroupPart part) => s_parts[(int)part];

    /// <summary>Makes the root of all services.</summary>
    internal Errno MakeRoot() => Files.MakeDirectory(root, 0x1ED);

    /// <summary>Makes an empty tree with <c>main/</c>.</summary>
    /// <returns>EBUSY when an old tree is there and processes live in it (PEINIT-171).</returns>
    internal Errno Create(string path)
    {
        string tree = $"{root}/{path}";
        Errno error = Files.MakeNewDirectory(tree, 0x1ED);
        if (error == Errno.EEXIST)
        {
            if (IsPopulated(tree))
            {
                return Errno.EBUSY;
            }

            // A frozen left-over would freeze the new child before its exec (HAZ-035).
            Thaw(tree);
            return Files.MakeDirectory($"{tree}/main", 0x1ED);
        }

        error = error.Ok ? Files.MakeNewDirectory($"{tree}/main", 0x1ED) : error;
        _fresh = error.Ok ? path : null;
        return error;
    }

    /// <summary>Opens a part for CLONE_INTO_CGROUP, making and thawing it first.</summary>
    internal Result<Fd> Open(string path, CgroupPart part)
    {
        string directory = $"{root}/{path}/{NameOf(part)}";
        if (part != CgroupPart.Main)
        {
            Errno error = Files.MakeDirectory(directory, 0x1ED);
            if (!error.Ok)
            {
                return error;
            }
        }

        // What was made a moment ago nobody has lived in, and so nobody has frozen.
        if (part != CgroupPart.Main || _fresh != path)
        {
            Thaw(directory);
        }

        _fresh = null;
        return Files.Open(directory, Files.ReadOnly | Files.Directory);
    }

    /// <summary>SIGKILL to everything in a part, atomically.</summary>
    internal Errno Kill(string path, CgroupPart part) => WriteFile($"{root}/{path}/{NameOf(part)}/cgroup.kill", "1"u8);

    /// <summary>SIGKILL to every service process of the machine.</summary>
    internal Errno KillAll() => WriteFile($"{root}/cgroup.kill", "1"u8);

    /// <summary>True when a part exists and holds processes.</summary>
    internal bool IsPopulated(string path, CgroupPart part) => IsPopulated($"{root}/{path}/{NameOf(part)}");

    /// <summary>Opens the file that says when a part becomes empty.</summary>
    internal Result<Fd> OpenEvents(string path, CgroupPart part) =>
        Files.Open($"{root}/{path}/{NameOf(part)}/cgroup.events", Files.ReadOnly);

    /// <summary>Reads <c>populated</c> from an open cgroup.events.</summary>
    internal static bool ReadPopulated(Fd events)
    {
        Span<byte> text = stackalloc byte[128];
        return Files.ReadAt(events, text, 0).TryGet(out int n) && text[..n].IndexOf("populated 1"u8) >= 0;
    }

    /// <summary>Removes a tree; processes in it keep it.</summary>
    internal Errno Remove(string path)
    {
        string tree = $"{root}/{path}";
        foreach (string part in s_parts)
        {
            _ = Files.RemoveDirectory($"{tree}/{part}");
        }

        return Files.RemoveDirectory(tree);
    }

    private static bool IsPopulated(string directory)
    {
        if (!Files.Open(directory + "/cgroup.events", Files.ReadOnly).TryGet(out Fd? fd))
        {
            return false;
        }

        using (fd)
        {
            return ReadPopulated(fd);
        }
    }

    private static void Thaw(string directory) => _ = WriteFile(directory + "/cgroup.freeze", "0"u8);

    private static Errno WriteFile(string path, ReadOnlySpan<byte> value)
    {
        if (!Files.Open(path, Files.WriteOnly).TryGet(out Fd? fd, out Errno error))
        {
            return error;
        }

        using (fd)
        {
            return Files.WriteAll(fd, value);
        }
    }
}
