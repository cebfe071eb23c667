// SPDX-License-Identifier: MIT
using System.IO;

namespace Mkimage;

/// <summary>Builds root file systems layer by layer; one staged tree can be written at several heights.</summary>
internal sealed class RootImage
{
    private readonly string _stage;
    private readonly string _registryd;
    private readonly Staging _tree;
    private readonly PackageSet _packages;

    /// <summary>Starts an empty tree at <paramref name="stage"/>; needs fakeroot for the owners.</summary>
    public RootImage(string stage, string packageCache, string registryd)
    {
        _stage = stage;
        _registryd = registryd;
        _tree = new Staging(stage);
        _packages = new PackageSet(packageCache);
        LinkMergedUsr();
    }

    /// <summary>Adds a layer: its packages, then its own files, then its registry content.</summary>
    public void Add(Manifest layer)
    {
        _packages.Fetch(layer).ForEach(_tree.Unpack);
        layer.Prune.ForEach(_tree.Prune);
        _tree.Apply(layer);
        layer.Seeds.ForEach(seed => _tree.Import(_registryd, seed));
    }

    /// <summary>Makes a sparse ext4 image of the tree (HAZ-044: large inodes, large values in inodes of their own).</summary>
    public void WriteExt4(string image, string size)
    {
        _tree.SetOwners();
        File.Delete(image);
        Command.Run("/", "mke2fs", "-q", "-t", "ext4", "-I", "512", "-O", "ea_inode", "-m", "0", "-L", "peios",
            "-E", "root_owner=0:0", "-d", _stage, image, size);
    }

    /// <summary>Packs the tree for a root in memory (<c>root=tmpfs</c> of the initramfs).</summary>
    public void WriteArchive(string archive)
    {
        _tree.SetOwners();
        Command.Run(_stage, "tar", "--sort=name", "-cf", archive, ".");
    }

    private void LinkMergedUsr()
    {
        foreach (string name in (string[])["bin", "sbin", "lib", "lib64"])
        {
            Directory.CreateDirectory(Path.Combine(_stage, "usr", name));
            File.CreateSymbolicLink(Path.Combine(_stage, name), "usr/" + name);
        }
    }
}
